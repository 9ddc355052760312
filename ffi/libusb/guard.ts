import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";

/** Looks at a device before libusb gets it. Each throws UnbrickError if it must not be had. */
export interface Guard {
  beforeOpen?(info: UsbDeviceInfo): Promise<void>;
  beforeClaim?(info: UsbDeviceInfo): Promise<void>;
}
