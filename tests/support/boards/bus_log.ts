import { usbId } from "../../../core/common/format.ts";
import type { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { parseDeviceDescriptor } from "../../../core/transport/usb/descriptors.ts";
import type { UsbDeviceModel } from "../../../core/transport/usb/model.ts";
import { decodeString } from "../../../core/transport/usb/strings.ts";
import type { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";

/** Records which devices a simulated camera shows, and when. */
export class BusLog {
  readonly #seen: { readonly ms: number; readonly model: UsbDeviceModel | undefined }[] = [];
  #from: number;
  #shown: UsbDeviceModel | undefined;

  constructor(bus: VirtualBus, private readonly clock: VirtualClock) {
    this.#from = clock.elapsed;
    bus.onChange(() => {
      const model = bus.attachments[0]?.model;
      if (model !== this.#shown) this.#seen.push({ ms: this.#ms, model });
      this.#shown = model;
    });
  }

  /** Forgets everything, and counts the time from now on. */
  restart(): void {
    this.#seen.length = 0;
    this.#from = this.clock.elapsed;
  }

  /**
   * Returns one line for each change: milliseconds, ids, bcdDevice, product and serial number; `gone`
   * if nothing came instead.
   */
  async lines(): Promise<readonly string[]> {
    return await Promise.all(
      this.#seen.map(async ({ ms, model }) => `${ms} ${model ? await nameOf(model) : "gone"}`),
    );
  }

  get #ms(): number {
    return this.clock.elapsed - this.#from;
  }
}

async function nameOf(model: UsbDeviceModel): Promise<string> {
  const { idVendor, idProduct, bcdDevice, iProduct, iSerialNumber } = parseDeviceDescriptor(
    model.deviceDescriptor,
  )!;
  const version = bcdDevice.toString(16).padStart(4, "0");
  const strings = [await stringOf(model, iProduct), await stringOf(model, iSerialNumber)];
  return [usbId(idVendor, idProduct), version, ...strings].join(" ");
}

async function stringOf(model: UsbDeviceModel, index: number): Promise<string> {
  const setup = { bmRequestType: 0x80, bRequest: 6, wValue: 0x300 | index, wIndex: 0x409 };
  const bytes = await model.control(
    { ...setup, wLength: 255 },
    new Uint8Array(),
    new AbortController().signal,
  );
  return decodeString(bytes ?? new Uint8Array()) ?? "";
}
