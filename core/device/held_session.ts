import { isKind } from "../common/errors.ts";
import type { UsbDevice } from "../transport/usb/device.ts";
import type { CameraAccess, SessionKind } from "./camera_access.ts";
import type { DetectedDevice } from "./detected_device.ts";
import { connectionKey } from "./name_reader.ts";
import { lookUntil } from "./look_until.ts";

/**
 * Time between two attempts to open a device that has just appeared, ms: Windows attaches HID late
 * (E3).
 */
const OPEN_RETRY_MS = 50;

/**
 * Keeps one device open from step to step, so that claiming it, selecting its memory and reading
 * its state happen only once.
 */
export class HeldSession {
  #held: {
    readonly connection: string;
    readonly kind: SessionKind<unknown>;
    readonly device: UsbDevice;
    readonly session: unknown;
  } | undefined;

  constructor(private readonly camera: CameraAccess) {}

  /** Opens the device unless it is already open. After an error it is closed. */
  async use<S, T>(
    detected: DetectedDevice,
    kind: SessionKind<S>,
    work: (session: S) => Promise<T>,
  ): Promise<T> {
    const connection = connectionKey(detected.seen.usb);
    if (this.#held?.connection !== connection || this.#held.kind !== kind) {
      await this.close();
      const device = await this.#open(detected);
      try {
        const session = await kind.start(device, detected, this.camera);
        this.#held = { connection, kind, device, session };
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

  async #open({ seen }: DetectedDevice): Promise<UsbDevice> {
    const { usb: bus, clock, signal } = this.camera;
    return await lookUntil(async () => {
      try {
        return { found: await bus.open(seen.usb) };
      } catch (error) {
        if (isKind(error, "permission", "driver", "busy")) return { blocked: error };
        throw error;
      }
    }, { bus, clock, signal, intervalMs: OPEN_RETRY_MS });
  }
}
