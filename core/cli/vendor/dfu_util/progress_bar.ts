import type { Console } from "../../terminal/console.ts";
import { percentSteps } from "../tool.ts";

const BAR = 25;

type Label = "Download" | "Upload" | "Erase" | "Verify";

/** Returns a progress line like dfu-util's: `Download\t[====   ]  42%        55296 bytes`. */
export function progressText(label: string, percent: number, bytes: number): string {
  const bar = "=".repeat(Math.floor(percent * BAR / 100)).padEnd(BAR);
  return `${label}\t[${bar}] ${String(percent).padStart(3)}% ${String(bytes).padStart(12)} bytes`;
}

/** Shows the progress of some work on one line, and always ends the line. */
export async function withBar<T>(
  console: Console,
  label: Label,
  total: number,
  work: (onProgress: (progress: { done: number; total: number }) => void) => Promise<T>,
): Promise<T> {
  let isBegun = false;
  const tell = percentSteps(1, (percent, done) => {
    isBegun = true;
    console.write(`\r${progressText(label, percent, done)}`);
  });
  try {
    const result = await work(({ done }) => tell(Math.min(done, total), total));
    tell(total, total);
    console.write(`\n${label} done.\n`);
    return result;
  } catch (error) {
    if (isBegun) console.write("\n");
    throw error;
  }
}
