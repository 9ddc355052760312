import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";

/**
 * Checks a device before libusb opens or claims it. Each check throws UnbrickError to refuse it.
 */
export interface Guard {
  beforeOpen?(info: UsbDeviceInfo): Promise<void>;
  beforeClaim?(info: UsbDeviceInfo): Promise<void>;
}
