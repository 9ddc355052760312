import { UnbrickError } from "../../core/common/errors.ts";
import { usbId } from "../../core/common/format.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { boundedFunctions } from "../native/bounded.ts";
import { loadLibrary } from "../native/load.ts";
import { hidError } from "./codes.ts";
import { HidapiDevice } from "./device.ts";
import { DEVICE_INFO, wideText } from "./layout.ts";
import { locationOf } from "./location.ts";
import { type HidLibrary, type HidSymbols, symbols } from "./symbols.ts";
import { text, type Words } from "../../core/common/text.ts";

/** How long a call may take, ms; and how much longer than requested a read may take. */
const CALL_MS = 6_000, READ_SLACK_MS = 1_000;

/** A session with hidapi: the library and its open devices. */
export class HidapiSession {
  readonly #library: HidLibrary;
  readonly #devices = new Set<HidapiDevice>();
  readonly #signal: AbortSignal | undefined;
  /** The previous call: except for reports, hidapi serves one thread at a time. */
  #before: Promise<unknown> = Promise.resolve();
  /** A thread is still inside hidapi. */
  #isLost = false;

  /**
   * @param signal ends all waits for calls that do not return
   * @throws UnbrickError `not-found`, `driver`, or `permission` if it cannot be loaded.
   */
  constructor(file: string | URL, signal?: AbortSignal) {
    this.#signal = signal;
    this.#library = loadLibrary(file, symbols).library;
    if (this.#library.symbols.hid_init() === 0) return;
    const said = wideText(this.#library.symbols.hid_error(null));
    this.#library.close();
    throw new UnbrickError("driver", text`macOS does not let unbrick see its HID devices.`, {
      said,
    });
  }

  /**
   * Opens the HID device that libusb listed at a port. hidapi reports the port only of an open
   * device, so devices with the same ids are opened one after the other until the right one is
   * found.
   * @throws UnbrickError `disconnected`, `permission`, `busy`, `driver`, `timeout`
   */
  async open(info: UsbDeviceInfo): Promise<HidapiDevice> {
    const opening = this.#before.then(() => this.#open(info));
    this.#before = opening.catch(() => {});
    return await opening;
  }

  async #open(info: UsbDeviceInfo): Promise<HidapiDevice> {
    const { idVendor, idProduct } = info.descriptor;
    const subject = text`the USB device ${usbId(idVendor, idProduct)} on port ${info.portPath}`;
    const hid = this.#bounded(subject, info.portPath);
    let failure: UnbrickError | undefined;
    for (const path of await pathsOf(hid, idVendor, idProduct)) {
      const handle = await hid.hid_open_path(path);
      if (!handle) {
        failure = hidError(wideText(hid.hid_error(null)), subject);
        continue;
      }
      const location = new Uint32Array(1);
      const isKnown = await hid.hid_darwin_get_location_id(handle, location) === 0;
      if (isKnown && location[0] === locationOf(info.portPath)) {
        const device: HidapiDevice = new HidapiDevice(
          hid,
          handle,
          info,
          () => this.#devices.delete(device),
        );
        this.#devices.add(device);
        return device;
      }
      await hid.hid_close(handle);
    }
    throw failure ??
      new UnbrickError(
        "disconnected",
        text`The connection to ${subject} is lost: it disconnected.`,
      );
  }

  /** Closes all open devices; never throws. */
  async close(): Promise<void> {
    await this.#before;
    await Promise.all([...this.#devices].map((device) => device.close()));
    // With a thread inside it, the library stays loaded until the process ends.
    if (this.#isLost) return;
    await this.#bounded(text`the HID system`).hid_exit().then(
      () => this.#library.close(),
      () => {},
    );
  }

  #bounded(subject: Words, port?: string): HidSymbols {
    const read = (_handle: unknown, _buffer: unknown, _length: unknown, ms: number) =>
      ms + READ_SLACK_MS;
    return boundedFunctions(this.#library.symbols, {
      ms: CALL_MS,
      own: { hid_read_timeout: read },
      subject,
      port,
      signal: this.#signal,
      lost: () => this.#isLost = true,
    });
  }
}

/** Returns the paths of the HID devices with these ids, each once, as C strings. */
async function pathsOf(
  hid: HidSymbols,
  vendor: number,
  product: number,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const first = await hid.hid_enumerate(vendor, product);
  const paths = new Set<string>();
  for (let one = first; one;) {
    const bytes = Deno.UnsafePointerView.getArrayBuffer(one, DEVICE_INFO.size);
    const info = DEVICE_INFO.decode(new Uint8Array(bytes));
    const path = Deno.UnsafePointer.create(info.path);
    if (path) paths.add(new Deno.UnsafePointerView(path).getCString());
    one = Deno.UnsafePointer.create(info.next);
  }
  await hid.hid_free_enumeration(first);
  return [...paths].map((path) => new TextEncoder().encode(`${path}\0`));
}
