import type { Clock } from "../common/clock.ts";
import { detachLeaves, versionFromDescriptor } from "./identity.ts";

/** Milliseconds without SET_CONFIGURATION after which the firmware starts (openmv-boards.md 5.3). */
const MOUNT_WINDOW_MS = 1000;
/** Milliseconds after SET_CONFIGURATION in which a host must read or write something. */
const HOLD_WINDOW_MS = 1500;

export interface WindowOptions {
  readonly clock: Clock;
  readonly bcdDevice: number;
  readonly forced?: boolean;
  leave(): void;
}

/** How long the bootloader stays: the model's side of openmv-boards.md 5.3 and 5.4. */
export class Window {
  readonly #options: WindowOptions;
  #timer: AbortController | undefined;
  #isMounted = false;
  #isAttached = false;
  /** The 1500 ms are over; only a host that attached, or the forced mode, kept it. */
  #isOver = false;
  #hasEnded = false;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  start(): void {
    this.#after(MOUNT_WINDOW_MS, () => this.#leave());
  }

  mounted(): void {
    if (this.#isMounted) return;
    this.#isMounted = true;
    this.#after(HOLD_WINDOW_MS, () => {
      this.#isOver = true;
      if (!this.#isAttached && !this.#options.forced) this.#leave();
    });
  }

  /** SET_CONFIGURATION 0 or a bus reset: ends the loop if a host had configured it. */
  unmounted(): void {
    if (this.#isMounted) this.#leave();
  }

  attached(): void {
    this.#isAttached = true;
  }

  detachRequested(): void {
    const { bcdDevice, forced } = this.#options;
    this.#isAttached = false;
    const leaves = detachLeaves(versionFromDescriptor(bcdDevice)) || (this.#isOver && !forced);
    // The request is acknowledged on the wire first.
    if (leaves) this.#after(1, () => this.#leave());
  }

  /** Power is gone. */
  stop(): void {
    this.#hasEnded = true;
    this.#timer?.abort();
  }

  #leave(): void {
    if (this.#hasEnded) return;
    this.stop();
    this.#options.leave();
  }

  #after(ms: number, act: () => void): void {
    this.#timer?.abort();
    if (this.#hasEnded) return;
    const timer = this.#timer = new AbortController();
    this.#options.clock.sleep(ms, timer.signal).then(act, () => {});
  }
}
