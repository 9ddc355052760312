import type { Clock } from "../../common/clock.ts";
import { type Console, escape } from "./console.ts";

export interface StatusAreaOptions {
  readonly console: Console;
  readonly clock: Clock;
  /** How often it is redrawn even without an update, ms. */
  readonly tickMs: number;
  /** Returns the current lines, each shorter than the width of the terminal. */
  status(): readonly string[];
}

/**
 * The last lines of a terminal, which are redrawn, below log lines that stay. Call `close` at the
 * end to restore the cursor.
 */
export class StatusArea {
  #drawn: readonly string[] = [];
  #endsBlank = false;
  #isTicking = false;
  #openPrompts = 0;
  readonly #closed = new AbortController();
  readonly #options: StatusAreaOptions;

  constructor(options: StatusAreaOptions) {
    this.#options = options;
  }

  /**
   * Prints log lines and draws the status. After the first call, the status is redrawn at each
   * tick.
   */
  update(lines: readonly string[]): void {
    if (!this.#isTicking) {
      this.#isTicking = true;
      void this.#tick();
    }
    if (lines.length > 0) this.print(lines);
    this.#drawNow();
  }

  /** Prints lines above the status; merges consecutive blank lines. */
  print(lines: readonly string[]): void {
    const { console } = this.#options;
    const status = this.#drawn;
    this.#draw([]);
    for (const line of lines) {
      if (line !== "" || !this.#endsBlank) console.write(line + "\n");
      this.#endsBlank = line === "";
    }
    this.#draw(status);
  }

  /** Makes room for a prompt while `work` runs. */
  async withPrompt<T>(work: () => Promise<T>): Promise<T> {
    this.#openPrompts++;
    this.#draw([]);
    try {
      return await work();
    } finally {
      this.#openPrompts--;
      this.#drawNow();
    }
  }

  /** Removes the status permanently. May be called twice. */
  close(): void {
    this.#closed.abort();
    this.#draw([]);
  }

  async #tick(): Promise<void> {
    const { clock, tickMs } = this.#options;
    try {
      while (true) {
        await clock.sleep(tickMs, this.#closed.signal);
        this.#drawNow();
      }
    } catch {
      // closed
    }
  }

  #drawNow(): void {
    if (this.#openPrompts === 0 && !this.#closed.signal.aborted) this.#draw(this.#options.status());
  }

  #draw(lines: readonly string[]): void {
    const { console } = this.#options;
    if (
      lines.length === this.#drawn.length && lines.every((line, at) => line === this.#drawn[at])
    ) {
      return;
    }
    const hide = this.#drawn.length === 0 && lines.length > 0 ? escape.hideCursor : "";
    const text = lines.map((line) => line + "\n").join("");
    console.write(hide + this.#moveToTop() + text);
    this.#drawn = lines;
    if (lines.length === 0) console.write(escape.showCursor);
  }

  #moveToTop(): string {
    return this.#drawn.length > 0 ? escape.up(this.#drawn.length) + escape.clearBelow : "";
  }
}
