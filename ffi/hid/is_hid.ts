import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";

/** HID_CLASS (HID 1.11, 4.1) */
const HID = 3;

/**
 * Returns true for the ROM (1FC9:0135) and the loaders (15A2:0073) of an RT1062: every interface is
 * HID.
 */
export function isHid({ configurations }: UsbDeviceInfo): boolean {
  const interfaces = configurations[0]?.interfaces ?? [];
  return interfaces.length > 0 && interfaces.every((one) => one.bInterfaceClass === HID);
}
