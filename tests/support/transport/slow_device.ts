import type { Clock } from "../../../core/common/clock.ts";
import { StandardRequest, UsbFunction } from "../../../core/transport/usb/function.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";

/** bDescriptorType of a string. */
const STRING = 3;

/** The three kinds of dead cameras: silent, slow with each name, and slow with 255 names. */
export const deadCameras = {
  silent: { answersAfterMs: Infinity },
  late: { answersAfterMs: 499 },
  "late with 255 names": { answersAfterMs: 499, alternates: 255 },
} as const satisfies Record<string, Partial<SlowDeviceOptions>>;

export interface SlowDeviceOptions {
  readonly clock: Clock;
  /** How long each request for a string takes, ms; Infinity: it is never answered. */
  readonly answersAfterMs: number;
  /** The number of alternate settings, each with a name; default 1. */
  readonly alternates?: number;
}

/** A device with ST's DFU ids that has enumerated, but is slow to return its names. */
export class SlowDevice extends UsbFunction {
  answersAfterMs: number;
  /** The number of requests for a string. */
  asked = 0;
  readonly #clock: Clock;

  constructor({ clock, answersAfterMs, alternates = 1 }: SlowDeviceOptions) {
    super({
      speed: "full",
      device: {
        ...{ idVendor: 0x0483, idProduct: 0xdf11, bcdDevice: 0x2200 },
        ...{ iManufacturer: 1, iProduct: 2, iSerialNumber: 3 },
      },
      configuration: {
        interfaces: Array.from({ length: alternates }, (_, bAlternateSetting) => ({
          ...{ bInterfaceClass: 0xFE, bInterfaceSubClass: 1, bInterfaceProtocol: 2 },
          bAlternateSetting,
          iInterface: 4,
        })),
      },
      strings: { 1: "STMicroelectronics", 2: "STM32  BOOTLOADER", 3: "206438605652", 4: "@Flash" },
    });
    this.#clock = clock;
    this.answersAfterMs = answersAfterMs;
  }

  override async control(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    const { bRequest, wValue } = setup;
    if (bRequest === StandardRequest.GET_DESCRIPTOR && wValue >> 8 === STRING) {
      this.asked++;
      await (this.answersAfterMs === Infinity
        ? untilGivenUp(signal)
        : this.#clock.sleep(this.answersAfterMs, signal));
    }
    return await super.control(setup, data, signal);
  }

  protected override request(): Promise<void> {
    return Promise.resolve();
  }
}

function untilGivenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}
