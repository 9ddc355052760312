import type { DetectedDevice } from "../device/detected_device.ts";
import type { UsbDevice } from "../transport/usb/device.ts";
import type { StartSession, StepContext } from "./step_context.ts";

/**
 * The one device that a run keeps open from step to step, so that claiming it, selecting its memory and
 * asking for its state happen once.
 */
export class HeldDevice {
  #held: {
    readonly detected: DetectedDevice;
    readonly start: StartSession<unknown>;
    readonly device: UsbDevice;
    readonly session: unknown;
  } | undefined;

  constructor(private readonly context: StepContext) {}

  /** The device that is held for sessions of this kind. If it has left, its next transfer says so. */
  detected(start: StartSession<unknown>): DetectedDevice | undefined {
    return this.#held?.start === start ? this.#held.detected : undefined;
  }

  /** Opens the device unless it is held already; after an error nothing is held. */
  async use<S, T>(
    detected: DetectedDevice,
    start: StartSession<S>,
    work: (session: S) => Promise<T>,
  ): Promise<T> {
    const { usb } = detected.seen;
    if (this.#held?.detected.seen.usb !== usb || this.#held.start !== start) {
      await this.close();
      const device = await this.context.usb.open(usb);
      try {
        const session = await start(device, detected, this.context);
        this.#held = { detected, start, device, session };
      } catch (error) {
        await device.close();
        throw error;
      }
    }
    try {
      return await work(this.#held.session as S);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.device.close();
  }
}
