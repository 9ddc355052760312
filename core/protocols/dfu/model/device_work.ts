import type { Clock } from "../../../common/clock.ts";
import { until } from "./until.ts";

interface Job {
  readonly start: number;
  readonly ms: number;
  apply(part: number): void;
}

/**
 * The work of a simulated chip: one job at a time, on its clock, until it is done or the power goes
 * off.
 */
export class DeviceWork {
  /** Time that the chip has been busy, milliseconds. */
  busyMs = 0;
  #job: Job | undefined;
  #done = Promise.resolve();
  #power = new AbortController();

  constructor(private readonly clock: Clock) {}

  get running(): boolean {
    return this.#job !== undefined;
  }

  /**
   * Starts a job of `ms` milliseconds, then calls `apply(1)`. If power is lost, calls `apply` with
   * the fraction of time that passed.
   */
  start(ms: number, apply: (part: number) => void): void {
    const job = this.#job = { start: this.clock.now(), ms, apply };
    if (ms === 0) return this.#end(job, 1);
    this.#done = this.clock.sleep(ms, this.#power.signal).then(() => this.#end(job, 1), () => {});
  }

  /** Resolves when nothing is running; rejects with the signal's reason when it aborts first. */
  idle(signal: AbortSignal): Promise<void> {
    return until(this.#done, signal);
  }

  /** Ends a running job at once, partly done, because the power is off. */
  powerOff(): void {
    const job = this.#job;
    if (job) this.#end(job, Math.min(1, (this.clock.now() - job.start) / job.ms));
    this.#power.abort();
    this.#power = new AbortController();
  }

  #end(job: Job, part: number): void {
    if (this.#job !== job) return;
    this.#job = undefined;
    this.busyMs += job.ms * part;
    job.apply(part);
  }
}
