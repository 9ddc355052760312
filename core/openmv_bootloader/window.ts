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

/** How long the bootloader stays, for the model (openmv-boards.md 5.3 and 5.4). */
export class Window {
  readonly #options: WindowOptions;
  #timer: AbortController | undefined;
  #isMounted = false;
  #isAttached = false;
  /** True after the 1500 ms; only an attached host or the forced mode keeps the bootloader then. */
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

  /** Handles SET_CONFIGURATION 0 or a bus reset, which end the loop if a host had configured it. */
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
    // The request is acknowledged first.
    if (leaves) this.#after(1, () => this.#leave());
  }

  /** Stops the timers, because the power is off. */
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
