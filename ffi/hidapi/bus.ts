import type {
  TransferOptions,
  UsbBus,
  UsbDevice,
  UsbDeviceInfo,
} from "../../core/transport/usb/device.ts";
import { isHid } from "../hid/is_hid.ts";
import { HidapiSession } from "./session.ts";

/**
 * The bus of a Mac: libusb lists the devices and opens all except HID ones, which macOS gives only
 * to its own HID system; those are opened through hidapi (platform.md 3). hidapi is loaded when the
 * first of them is opened.
 */
export class HidAwareBus implements UsbBus {
  #session?: HidapiSession;

  /** @param signal ends all waits for calls that do not return */
  constructor(
    private readonly bus: UsbBus,
    private readonly hidapi: () => string | URL,
    private readonly signal?: AbortSignal,
  ) {}

  list(): Promise<readonly UsbDeviceInfo[]> {
    return this.bus.list();
  }

  changed(options: TransferOptions): Promise<boolean> {
    return this.bus.changed(options);
  }

  async open(info: UsbDeviceInfo): Promise<UsbDevice> {
    if (!isHid(info)) return await this.bus.open(info);
    this.#session ??= new HidapiSession(this.hidapi(), this.signal);
    return await this.#session.open(info);
  }

  async close(): Promise<void> {
    await this.#session?.close();
    this.#session = undefined;
    await this.bus.close();
  }
}
