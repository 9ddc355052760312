import { abortError, type Clock } from "../../common/clock.ts";
import type { TransferOptions } from "./device.ts";

/** Wakes waiting code when a bus has changed since it was last listed. */
export class Changes {
  readonly #waiters = new Set<() => void>();
  #changes = 1;
  #listed = 0;

  constructor(private readonly clock: Clock) {}

  /** Records a change. */
  note(): void {
    this.#changes++;
    for (const wake of this.#waiters) wake();
  }

  /** Records that the bus was listed. */
  listed(): void {
    this.#listed = this.#changes;
  }

  /** As UsbBus.changed. */
  async wait({ timeoutMs, signal }: TransferOptions): Promise<boolean> {
    if (signal.aborted) throw abortError(signal);
    if (this.#changes !== this.#listed) return true;
    const stop = new AbortController();
    const onAbort = () => stop.abort(abortError(signal));
    const wake = () => stop.abort(CHANGED);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#waiters.add(wake);
    try {
      await this.clock.sleep(timeoutMs, stop.signal);
      return false;
    } catch (error) {
      if (stop.signal.reason === CHANGED) return true;
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#waiters.delete(wake);
    }
  }
}

const CHANGED = Symbol("changed");
