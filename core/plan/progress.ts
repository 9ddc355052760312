import type { Clock } from "../common/clock.ts";
import type { Step } from "./step.ts";

/** The values of a `progress` event for the whole run. */
export interface Fraction {
  readonly fraction: number;
  readonly remainingMs: number;
  /** Bytes per second in the running step; omitted in its first quarter second. */
  readonly rate?: number;
}

/**
 * Computes one progress bar for the whole run: each step's share is its weight (expected
 * milliseconds). The remaining time is the expected time of the remaining steps, at the pace of the
 * steps that actually ran. Steps by hand and skipped steps do not count for the pace.
 */
export class RunProgress {
  readonly #total: number;
  #passedWeight = 0;
  #workedWeight = 0;
  #workedMs = 0;
  #fraction = 0;
  #stepStart = 0;

  constructor(readonly clock: Clock, steps: readonly Step[]) {
    this.#total = Math.max(1, steps.reduce((sum, step) => sum + step.weight, 0));
  }

  /** Expected time of the remaining steps, whatever the pace so far, in milliseconds. */
  get expectedMs(): number {
    return Math.round(this.#total - this.#passedWeight);
  }

  begin(): void {
    this.#stepStart = this.clock.now();
  }

  /** Runs a wait whose time does not count as work. */
  async paused<T>(wait: () => Promise<T>): Promise<T> {
    const from = this.clock.now();
    try {
      return await wait();
    } finally {
      this.#stepStart += this.clock.now() - from;
    }
  }

  /**
   * Returns the progress inside a step. `share` is 0 to 1; `bytes` is the number transferred so far
   * in this step.
   */
  at(step: Step, share: number, bytes?: number): Fraction {
    const weight = step.weight * Math.min(1, Math.max(0, share));
    const ms = this.clock.now() - this.#stepStart;
    const rate = bytes !== undefined && ms >= 250 ? Math.round(bytes / ms * 1000) : undefined;
    return { ...this.#fractionAt(weight, ms), rate };
  }

  /** Returns the progress at the end of a step. */
  end(step: Step, skipped: boolean): Fraction {
    if (!skipped) {
      this.#workedWeight += step.weight;
      this.#workedMs += this.clock.now() - this.#stepStart;
    }
    this.#passedWeight += step.weight;
    return this.#fractionAt(0, 0);
  }

  #fractionAt(weight: number, ms: number): Fraction {
    const passed = this.#passedWeight + weight;
    this.#fraction = Math.max(this.#fraction, Math.min(1, passed / this.#total));
    const worked = this.#workedWeight + weight;
    const pace = worked > 0 ? Math.min(4, Math.max(0.25, (this.#workedMs + ms) / worked)) : 1;
    return { fraction: this.#fraction, remainingMs: Math.round((this.#total - passed) * pace) };
  }
}
