import type {
  TransferOptions,
  UsbBus,
  UsbDevice,
  UsbDeviceInfo,
} from "../../core/transport/usb/device.ts";
import { HidapiSession } from "./session.ts";

/** HID_CLASS (HID 1.11, 4.1) */
const HID = 3;

/**
 * The bus of a Mac: libusb lists the devices and opens all but the HID ones, which macOS hands to nobody
 * but its own HID system; those are opened through hidapi (platform.md 3). hidapi is loaded when the first
 * of them is opened.
 */
export class HidAwareBus implements UsbBus {
  #session?: HidapiSession;

  /** @param signal ends all waits for calls that do not come back */
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

/** True for the ROM (1FC9:0135) and the loaders (15A2:0073) of an RT1062: every interface is a HID one. */
function isHid({ configurations }: UsbDeviceInfo): boolean {
  const interfaces = configurations[0]?.interfaces ?? [];
  return interfaces.length > 0 && interfaces.every((one) => one.bInterfaceClass === HID);
}
