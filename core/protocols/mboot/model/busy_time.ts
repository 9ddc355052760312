import type { Clock } from "../../../common/clock.ts";

/** A wait that ended late shortens later ones, by up to this many milliseconds. */
const MAX_CREDIT_MS = 20;

/**
 * Time that a simulated chip is busy. The timers of a real clock are coarser than programming a
 * page: single waits may be off by a millisecond, but their sum is right.
 */
export class BusyTime {
  /** Sum of all waits, milliseconds. */
  totalMs = 0;
  #creditMs = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * Waits; when `power` aborts (the cable was unplugged), rejects with the fraction of `ms` that
   * passed.
   */
  async spend(ms: number, power: AbortSignal): Promise<void> {
    this.totalMs += ms;
    const wait = ms - this.#creditMs;
    this.#creditMs = Math.max(0, -wait);
    if (wait <= 0) return;
    const from = this.clock.now();
    try {
      await this.clock.sleep(wait, power);
    } catch {
      throw new PowerLost(Math.min(1, (this.clock.now() - from) / wait));
    }
    this.#creditMs = Math.min(MAX_CREDIT_MS, this.clock.now() - from - wait);
  }
}

/** Thrown when the chip lost its power while busy; `part` (0 to 1) of the work was done. */
export class PowerLost extends Error {
  override readonly name = "PowerLost";

  constructor(readonly part: number) {
    super("the simulated chip lost its power");
  }
}
