import type { Clock } from "../common/clock.ts";

/** The shortest time between two values, ms: longer than between two lines of `--json`. */
const BETWEEN_MS = 125;

/**
 * Hands over the newest of many values, eight times a second: all others cost next to nothing. None
 * waits longer, unless it is flushed, and the last one is never lost.
 */
export class Newest<T> {
  #waiting: T | undefined;
  #isPause = false;
  readonly #closed = new AbortController();

  constructor(private readonly clock: Clock, private readonly take: (value: T) => void) {}

  /** Adds a value, which takes the place of one that still waits. */
  add(value: T): void {
    this.#waiting = value;
    if (!this.#isPause) this.flush();
  }

  /** Hands over the value that waits, now. */
  flush(): void {
    const value = this.#waiting;
    if (value === undefined) return;
    this.#waiting = undefined;
    this.take(value);
    if (!this.#isPause) void this.#pause();
  }

  /** Ends the pause; from now on, values wait for `flush`. */
  close(): void {
    this.#closed.abort();
  }

  async #pause(): Promise<void> {
    this.#isPause = true;
    try {
      await this.clock.sleep(BETWEEN_MS, this.#closed.signal);
      this.#isPause = false;
      this.flush();
    } catch {
      // closed; or `take` failed, and will again for the next value, where that is caught
    }
  }
}
