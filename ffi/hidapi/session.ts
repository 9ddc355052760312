import { UnbrickError } from "../../core/common/errors.ts";
import { usbId } from "../../core/common/format.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { loadLibrary } from "../native/load.ts";
import { hidError } from "./codes.ts";
import { HidapiDevice } from "./device.ts";
import { DEVICE_INFO, wideText } from "./layout.ts";
import { locationOf } from "./location.ts";
import { type HidLibrary, symbols } from "./symbols.ts";
import { text } from "../../core/common/text.ts";

/** hidapi in use: the library and what is open through it. */
export class HidapiSession {
  readonly #library: HidLibrary;
  readonly #devices = new Set<HidapiDevice>();

  /** @throws UnbrickError `not-found`, `driver`, or `permission` if it cannot be loaded. */
  constructor(file: string | URL) {
    this.#library = loadLibrary(file, symbols).library;
    if (this.#library.symbols.hid_init() === 0) return;
    const said = wideText(this.#library.symbols.hid_error(null));
    this.#library.close();
    throw new UnbrickError("driver", text`macOS does not let unbrick see its HID devices.`, {
      said,
    });
  }

  /**
   * Opens the HID device that libusb listed at a port. hidapi tells the port only of an open device, so
   * those with the same ids are opened one after the other until it is the right one.
   * @throws UnbrickError `disconnected`, `permission`, `busy`, `driver`
   */
  open(info: UsbDeviceInfo): HidapiDevice {
    const { idVendor, idProduct } = info.descriptor;
    const subject = text`the USB device ${usbId(idVendor, idProduct)} on port ${info.portPath}`;
    const { symbols } = this.#library;
    let failure: UnbrickError | undefined;
    for (const path of this.#paths(idVendor, idProduct)) {
      const handle = symbols.hid_open_path(path);
      if (!handle) {
        failure = hidError(wideText(symbols.hid_error(null)), subject);
        continue;
      }
      const location = new Uint32Array(1);
      const isKnown = symbols.hid_darwin_get_location_id(handle, location) === 0;
      if (isKnown && location[0] === locationOf(info.portPath)) {
        const device: HidapiDevice = new HidapiDevice(
          symbols,
          handle,
          info,
          () => this.#devices.delete(device),
        );
        this.#devices.add(device);
        return device;
      }
      symbols.hid_close(handle);
    }
    throw failure ??
      new UnbrickError(
        "disconnected",
        text`The connection to ${subject} is gone: it left the bus.`,
      );
  }

  /** Closes what is open; never throws. */
  async close(): Promise<void> {
    await Promise.all([...this.#devices].map((device) => device.close()));
    this.#library.symbols.hid_exit();
    this.#library.close();
  }

  /** Paths of the HID devices with these ids, each once, as C strings. */
  #paths(vendor: number, product: number): Uint8Array<ArrayBuffer>[] {
    const { symbols } = this.#library;
    const first = symbols.hid_enumerate(vendor, product);
    const paths = new Set<string>();
    for (let one = first; one;) {
      const bytes = Deno.UnsafePointerView.getArrayBuffer(one, DEVICE_INFO.size);
      const info = DEVICE_INFO.decode(new Uint8Array(bytes));
      const path = Deno.UnsafePointer.create(info.path);
      if (path) paths.add(new Deno.UnsafePointerView(path).getCString());
      one = Deno.UnsafePointer.create(info.next);
    }
    symbols.hid_free_enumeration(first);
    return [...paths].map((path) => new TextEncoder().encode(`${path}\0`));
  }
}
