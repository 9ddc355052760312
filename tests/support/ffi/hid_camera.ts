import type { UsbDeviceInfo } from "../../../core/transport/usb/device.ts";

/** The ids of an RT1062 in its ROM, which is a HID device. */
export const VENDOR = 0x1fc9, PRODUCT = 0x0135;

/** Returns the device as libusb lists it. */
export function hidCamera(portPath: string, bInterfaceClass = 3): UsbDeviceInfo {
  const alternate = {
    bInterfaceNumber: 0,
    bAlternateSetting: 0,
    bInterfaceClass,
    bInterfaceSubClass: 0,
    bInterfaceProtocol: 0,
    iInterface: 0,
    endpoints: [],
    extra: new Uint8Array(),
  };
  return {
    bus: 20,
    address: 1,
    portPath,
    speed: "high",
    descriptor: {
      bcdUSB: 0x200,
      bDeviceClass: 0,
      bDeviceSubClass: 0,
      bDeviceProtocol: 0,
      bMaxPacketSize0: 64,
      idVendor: VENDOR,
      idProduct: PRODUCT,
      bcdDevice: 0x101,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 3,
      bNumConfigurations: 1,
    },
    configurations: [{
      bConfigurationValue: 1,
      bmAttributes: 0xc0,
      bMaxPower: 5,
      interfaces: [alternate],
      extra: new Uint8Array(),
    }],
  };
}
