import type { Clock } from "../../common/clock.ts";

/** Most oversleep that later pieces may use up, milliseconds. */
const MAX_CREDIT_MS = 20;

/**
 * Lets time pass for consecutive pieces. Timers of a real clock are coarser than most pieces, so a
 * single piece is off by a millisecond but the sum is right; on virtual time every piece is exact.
 */
export class Pacer {
  /** Time not yet slept; negative if slept too long. */
  #debtMs = 0;

  constructor(private readonly clock: Clock) {}

  async pass(ms: number, signal?: AbortSignal): Promise<void> {
    const debt = this.#debtMs + ms;
    this.#debtMs = Math.min(0, debt);
    if (debt <= 0) return;
    const start = this.clock.now();
    await this.clock.sleep(debt, signal);
    const late = this.clock.now() - start - debt;
    this.#debtMs = Math.max(-MAX_CREDIT_MS, this.#debtMs - late);
  }
}
