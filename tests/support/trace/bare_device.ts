import type { UsbDeviceInfo } from "../../../core/transport/usb/device.ts";

/** A device without configurations, for what only passes transfers on. */
export const bareDevice: UsbDeviceInfo = {
  bus: 3,
  address: 9,
  portPath: "3-1.2",
  speed: "full",
  descriptor: {
    ...{ bcdUSB: 0x200, bDeviceClass: 0, bDeviceSubClass: 0, bDeviceProtocol: 0 },
    ...{ bMaxPacketSize0: 64, idVendor: 0x0483, idProduct: 0xdf11, bcdDevice: 0x2200 },
    ...{ iManufacturer: 1, iProduct: 2, iSerialNumber: 3, bNumConfigurations: 0 },
  },
  configurations: [],
};
