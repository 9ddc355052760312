import { systemClock, throwIfAborted } from "../../core/common/clock.ts";
import { type ErrorData, UnbrickError } from "../../core/common/errors.ts";
import { usbId } from "../../core/common/format.ts";
import type {
  ControlSetup,
  TransferOptions,
  UsbDevice,
  UsbDeviceInfo,
} from "../../core/transport/usb/device.ts";
import { encodeUnits } from "../../core/transport/usb/encode.ts";
import { bounded } from "../native/bounded.ts";
import { hidError } from "./codes.ts";
import { WCHAR, wideText } from "./layout.ts";
import { ReportQueue } from "./report_queue.ts";
import type { HidSymbols } from "./symbols.ts";
import { text, type Words } from "../../core/common/text.ts";

/** Class request SET_REPORT to an interface, and the report types in the high byte of wValue (HID 1.11). */
const SET_REPORT = { bmRequestType: 0x21, bRequest: 0x09 }, OUTPUT = 2;
/** Standard request for a string descriptor (USB 2.0, table 9-4). */
const GET_DESCRIPTOR = { bmRequestType: 0x80, bRequest: 6 }, STRING = 3;
const ENGLISH = 0x0409;
/** Longest string descriptor in characters. */
const STRING_LIMIT = 126;
/** More than any report: those of the RT1062 have 1021 bytes at most. */
const REPORT_LIMIT = 4096;
/** How long an unfinished write may delay closing, ms. */
const GRACE_MS = 1000;

/**
 * An open HID device through hidapi. Reports have the same form as with libusb; macOS chooses
 * whether an output report uses a control or an interrupt transfer.
 */
export class HidapiDevice implements UsbDevice {
  readonly #hid: HidSymbols;
  readonly #handle: Deno.PointerObject;
  readonly #reports: ReportQueue;
  readonly #onClosed: () => void;
  #writing: Promise<unknown> = Promise.resolve();
  #closing?: Promise<void>;

  constructor(
    hid: HidSymbols,
    handle: Deno.PointerObject,
    readonly info: UsbDeviceInfo,
    onClosed: () => void,
  ) {
    this.#hid = hid;
    this.#handle = handle;
    this.#onClosed = onClosed;
    this.#reports = new ReportQueue((waitMs) => this.#fetch(waitMs));
  }

  /** Does nothing, because the system has already claimed the interface. */
  async claim(interfaceNumber: number): Promise<void> {
    const interfaces = this.info.configurations[0]?.interfaces ?? [];
    if (interfaces.some((one) => one.bInterfaceNumber === interfaceNumber)) return;
    const message = text`${this.#subject} does not have the needed interface.`;
    throw new UnbrickError("protocol", message, { interface: interfaceNumber });
  }

  async release(): Promise<void> {}

  async setAlternate(interfaceNumber: number, alternateSetting: number): Promise<void> {
    if (alternateSetting !== 0) throw this.#impossible({ interfaceNumber, alternateSetting });
  }

  /** Reads only string descriptors: the others are in `info`. */
  async controlIn(
    setup: ControlSetup,
    length: number,
    { signal }: TransferOptions,
  ): Promise<Uint8Array> {
    throwIfAborted(signal);
    const { bmRequestType, bRequest, wValue } = setup;
    if (
      (bmRequestType | 0x80) !== GET_DESCRIPTOR.bmRequestType ||
      bRequest !== GET_DESCRIPTOR.bRequest || wValue >> 8 !== STRING
    ) throw this.#impossible({ ...setup });
    const units = wValue === STRING << 8 ? [ENGLISH] : await this.#string(wValue & 0xff);
    return encodeUnits(units).subarray(0, length);
  }

  /** Sends only an output report (SET_REPORT); `data` begins with its id. */
  async controlOut(setup: ControlSetup, data: Uint8Array, options: TransferOptions): Promise<void> {
    const { bmRequestType, bRequest, wValue } = setup;
    const isReport = bmRequestType === SET_REPORT.bmRequestType &&
      bRequest === SET_REPORT.bRequest && wValue >> 8 === OUTPUT && data[0] === (wValue & 0xff);
    if (!isReport) throw this.#impossible({ ...setup });
    await this.#write(data, options);
  }

  /** Reads one input report, with its id if the device uses ids. */
  async interruptIn(
    _endpoint: number,
    length: number,
    options: TransferOptions,
  ): Promise<Uint8Array> {
    const report = await this.#reports.next(options, this.#subject);
    if (report.length <= length) return report;
    const message = text`More data than requested came from ${this.#subject}.`;
    throw new UnbrickError("protocol", message, { length, received: report.length });
  }

  async interruptOut(_endpoint: number, data: Uint8Array, options: TransferOptions): Promise<void> {
    await this.#write(data, options);
  }

  async reset(): Promise<void> {
    throw this.#impossible({ operation: "reset" });
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#reports.stop(
      new UnbrickError("cancelled", text`The transfer with ${this.#subject} was stopped.`),
    );
    const written = await Promise.race([
      this.#writing.then(() => true, () => true),
      systemClock.sleep(GRACE_MS).then(() => false),
    ]);
    // With a write that does not return, the handle is still in use: it ends with the process.
    if (written) await this.#hid.hid_close(this.#handle).catch(() => {});
    this.#onClosed();
  }

  async #fetch(waitMs: number): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(REPORT_LIMIT);
    const count = await this.#hid.hid_read_timeout(
      this.#handle,
      buffer,
      BigInt(buffer.length),
      waitMs,
    );
    if (count > 0) return buffer.slice(0, count);
    if (count === 0) return undefined;
    throw hidError(wideText(this.#hid.hid_read_error(this.#handle)), this.#subject);
  }

  async #write(data: Uint8Array, { timeoutMs, signal }: TransferOptions): Promise<void> {
    throwIfAborted(signal);
    if (this.#closing) {
      throw new UnbrickError("bug", `unbrick used ${this.#subject} after it had closed it.`);
    }
    const bytes = data.slice();
    const before = this.#writing.catch(() => {});
    const writing = before.then(() =>
      this.#hid.hid_write(this.#handle, bytes, BigInt(bytes.length))
    );
    this.#writing = writing;
    const port = this.info.portPath;
    const limit = { call: "hid_write", ms: timeoutMs, subject: this.#subject, port, signal };
    const sent = await bounded(writing, limit);
    if (sent === bytes.length) return;
    throw hidError(wideText(this.#hid.hid_error(this.#handle)), this.#subject, {
      sent,
      length: bytes.length,
    });
  }

  /** Returns the UTF-16 units of a string of the device descriptor. */
  async #string(index: number): Promise<number[]> {
    const { iManufacturer, iProduct, iSerialNumber } = this.info.descriptor;
    const hid = this.#hid;
    const get = index === iSerialNumber
      ? hid.hid_get_serial_number_string
      : index === iProduct
      ? hid.hid_get_product_string
      : index === iManufacturer
      ? hid.hid_get_manufacturer_string
      : undefined;
    const buffer = new Uint32Array(STRING_LIMIT + 1);
    const size = BigInt(buffer.byteLength / WCHAR);
    if (!get || await get(this.#handle, buffer, size) !== 0) {
      throw new UnbrickError(
        "stalled",
        text`The requested text does not exist in ${this.#subject}.`,
        { index },
      );
    }
    const wide = wideText(Deno.UnsafePointer.of(buffer), STRING_LIMIT).slice(0, STRING_LIMIT);
    return Array.from({ length: wide.length }, (_, at) => wide.charCodeAt(at));
  }

  #impossible(data: ErrorData): UnbrickError {
    return new UnbrickError(
      "driver",
      text`macOS passes only HID reports to ${this.#subject}, but something else was requested.`,
      data,
    );
  }

  get #subject(): Words {
    const { idVendor, idProduct } = this.info.descriptor;
    return text`the USB device ${usbId(idVendor, idProduct)} on port ${this.info.portPath}`;
  }
}
