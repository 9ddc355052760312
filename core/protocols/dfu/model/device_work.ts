import type { Clock } from "../../../common/clock.ts";

interface Job {
  readonly start: number;
  readonly ms: number;
  apply(part: number): void;
}

/** What a simulated chip is doing: one job at a time, on its clock, until done or without power. */
export class DeviceWork {
  /** Time the chip was busy so far, milliseconds. */
  busyMs = 0;
  #job: Job | undefined;
  #done = Promise.resolve();
  #power = new AbortController();

  constructor(private readonly clock: Clock) {}

  get running(): boolean {
    return this.#job !== undefined;
  }

  /** Busy for `ms`, then `apply(1)`. Losing power calls `apply` with the part of the time that passed. */
  start(ms: number, apply: (part: number) => void): void {
    const job = this.#job = { start: this.clock.now(), ms, apply };
    if (ms === 0) return this.#end(job, 1);
    this.#done = this.clock.sleep(ms, this.#power.signal).then(() => this.#end(job, 1), () => {});
  }

  /** Resolves when nothing is running; rejects with the signal's reason when it aborts first. */
  async idle(signal: AbortSignal): Promise<void> {
    if (!this.running) return;
    signal.throwIfAborted();
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      stop = () => signal.removeEventListener("abort", onAbort);
    });
    try {
      await Promise.race([this.#done, aborted]);
    } finally {
      stop();
    }
  }

  /** Power is gone: a running job ends here and now, half done. */
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
