import { usbId } from "../../core/common/format.ts";
import { text, type Words } from "../../core/common/text.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";

/** Returns the device in words: `the USB device 0483:df11 on port 1-1.3`. */
export function describeDevice(info: UsbDeviceInfo): Words {
  const { idVendor, idProduct } = info.descriptor;
  return text`the USB device ${usbId(idVendor, idProduct)} on port ${info.portPath}`;
}
