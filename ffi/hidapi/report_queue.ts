import { abortError, systemClock, throwIfAborted } from "../../core/common/clock.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { TransferOptions } from "../../core/transport/usb/device.ts";
import { text, type Words } from "../../core/common/text.ts";

/** Milliseconds that one call of hidapi waits; closing takes at most this long. */
const SLICE_MS = 50;

/** Shared: creating an error for each report would cost more than the report. */
const ARRIVED = new UnbrickError("cancelled", "A report has arrived.");

/**
 * The input reports of a device, in their order. hidapi keeps only the last 30, so they are fetched
 * continuously, even if nobody waits for them.
 */
export class ReportQueue {
  readonly #reports: Uint8Array[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #fetching: Promise<void>;
  #error?: unknown;
  #stopped = false;

  /**
   * @param fetch returns one report, or undefined if none arrived within `waitMs`; throws when the
   * device is gone
   */
  constructor(fetch: (waitMs: number) => Promise<Uint8Array | undefined>) {
    this.#fetching = this.#fetch(fetch);
  }

  /** Returns the next report. */
  async next({ timeoutMs, signal }: TransferOptions, subject: Words): Promise<Uint8Array> {
    const end = systemClock.now() + timeoutMs;
    while (true) {
      throwIfAborted(signal);
      const report = this.#reports.shift();
      if (report) return report;
      if (this.#error) throw this.#error;
      const left = end - systemClock.now();
      if (left <= 0) {
        throw new UnbrickError("timeout", text`No answer in time from ${subject}.`, { timeoutMs });
      }
      await this.#arrival(left, signal);
    }
  }

  /** Stops fetching; resolves when the library is no longer in use. */
  async stop(error: unknown): Promise<void> {
    this.#stopped = true;
    this.#error ??= error;
    this.#wake();
    await this.#fetching;
  }

  async #fetch(fetch: (waitMs: number) => Promise<Uint8Array | undefined>): Promise<void> {
    try {
      while (!this.#stopped) {
        const report = await fetch(SLICE_MS);
        if (!report) continue;
        this.#reports.push(report);
        this.#wake();
      }
    } catch (error) {
      this.#error ??= error;
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits until something arrives, the time is over or the signal aborts. */
  async #arrival(ms: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const ended = AbortSignal.any([signal, done.signal]);
    this.#waiting.push(() => done.abort(ARRIVED));
    await systemClock.sleep(ms, ended).catch(() => {
      if (signal.aborted) throw abortError(signal);
    });
  }
}
