import { systemClock, type TimerClock } from "../../core/common/clock.ts";

interface Wait {
  readonly ms: number;
  readonly action: () => void;
  /** When the action is due; undefined until the first look at it. */
  due?: number;
}

/**
 * Timers that may be late, by two beats at most. For calls of a few milliseconds whose deadline is
 * seconds away: a timer of the system for each of them, and a look at its clock, would cost more than
 * the call.
 */
export class CoarseTimers implements Pick<TimerClock, "after"> {
  readonly #waits = new Set<Wait>();
  #stop: (() => void) | undefined;

  /** @param beatMs how often, in ms, it looks at what is due */
  constructor(readonly beatMs: number) {}

  after(ms: number, action: () => void): () => void {
    const wait: Wait = { ms, action };
    this.#waits.add(wait);
    this.#stop ??= systemClock.after(this.beatMs, () => this.#beat());
    return () => void this.#waits.delete(wait);
  }

  /** Ends all of them: no action is called any more. */
  close(): void {
    this.#waits.clear();
    this.#stop?.();
    this.#stop = undefined;
  }

  #beat(): void {
    this.#stop = undefined;
    if (this.#waits.size === 0) return;
    const now = systemClock.now();
    for (const wait of this.#waits) {
      wait.due ??= now + wait.ms;
      if (now < wait.due) continue;
      this.#waits.delete(wait);
      wait.action();
    }
    this.#stop ??= systemClock.after(this.beatMs, () => this.#beat());
  }
}
