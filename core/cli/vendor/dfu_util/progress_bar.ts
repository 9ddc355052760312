import type { Console } from "../../terminal/console.ts";

const BAR = 25;

type Label = "Download" | "Upload" | "Erase" | "Verify";

/** A progress line in the shape of dfu-util's: `Download\t[====   ]  42%        55296 bytes`. */
class ProgressBar {
  #percent = -1;

  constructor(
    private readonly console: Console,
    private readonly label: Label,
  ) {}

  update(done: number, total: number): void {
    const percent = total > 0 ? Math.floor(100 * done / total) : 100;
    if (percent === this.#percent) return;
    this.#percent = percent;
    this.console.write(`\r${progressText(this.label, percent, done)}`);
  }

  /** Ends the line. */
  finish(total: number): void {
    this.update(total, total);
    this.console.write(`\n${this.label} done.\n`);
  }

  /** Ends the line of work that failed, so that what follows begins a new one. */
  fail(): void {
    if (this.#percent >= 0) this.console.write("\n");
  }
}

export function progressText(label: string, percent: number, bytes: number): string {
  const bar = "=".repeat(Math.floor(percent * BAR / 100)).padEnd(BAR);
  return `${label}\t[${bar}] ${String(percent).padStart(3)}% ${String(bytes).padStart(12)} bytes`;
}

/** Shows the progress of some work; the line is ended in any case. */
export async function withBar<T>(
  console: Console,
  label: Label,
  total: number,
  work: (onProgress: (progress: { done: number; total: number }) => void) => Promise<T>,
): Promise<T> {
  const bar = new ProgressBar(console, label);
  try {
    const result = await work(({ done }) => bar.update(Math.min(done, total), total));
    bar.finish(total);
    return result;
  } catch (error) {
    bar.fail();
    throw error;
  }
}
