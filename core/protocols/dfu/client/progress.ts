import type { DfuProgress, DfuRun } from "./memory_access.ts";

type Phase = DfuProgress["phase"];

/** Cost of one byte in each phase, relative to reading it (dfu-dfuse.md G1 to G3). */
const costs: Readonly<Record<Phase, number>> = {
  compare: 1,
  read: 1,
  verify: 1,
  erase: 3,
  write: 4,
};

/** Turns bytes done in several phases into one number that only rises. */
export class ProgressMeter {
  #cost = 0;
  readonly #totalCost: number;
  #phase: Phase;
  #address: number;

  /** @param phases the phases of every byte of the range. */
  constructor(
    private readonly run: DfuRun,
    private readonly total: number,
    phases: readonly Phase[],
    address: number,
  ) {
    this.#totalCost = total * phases.reduce((sum, phase) => sum + costs[phase], 0);
    this.#phase = phases[0];
    this.#address = address;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The current address. */
  get address(): number {
    return this.#address;
  }

  /** At most 99: after the last byte, the device still has to complete the work. */
  get percent(): number {
    return this.#totalCost === 0 ? 0 : Math.min(99, Math.floor(100 * this.#fraction));
  }

  /** Records that work of this phase begins at this address. */
  at(phase: Phase, address: number): void {
    this.#phase = phase;
    this.#address = address;
  }

  /** Records bytes that completed the phase, done or skipped. */
  add(phase: Phase, bytes: number): void {
    this.#cost += bytes * costs[phase];
    this.run.onProgress?.({
      phase: this.#phase,
      done: Math.floor(this.total * this.#fraction),
      total: this.total,
      address: this.#address,
    });
  }

  get #fraction(): number {
    return Math.min(1, this.#cost / this.#totalCost);
  }
}
