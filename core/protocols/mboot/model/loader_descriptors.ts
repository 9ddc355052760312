import type { UsbSpeed } from "../../../transport/usb/device.ts";
import type { FunctionDeclaration } from "../../../transport/usb/function.ts";
import {
  LOADER_PRODUCT_ID,
  LOADER_VENDOR_ID,
  MBOOT_ENDPOINT_IN,
  MBOOT_ENDPOINT_OUT,
} from "../packets/report.ts";

/**
 * The descriptors of the RT1062 loaders, both flashloader and SBL (imxrt-sdp-flashloader.md B1).
 */

/** HID version of the interface, 1.00. */
export const LOADER_HID_VERSION = 0x0100;

/** Bytes of every report on the wire: header 4 + payload 1012. */
export const LOADER_REPORT = 1016;

/**
 * Returns the declaration. High speed: one packet of 1016 bytes every 500 µs; full speed: packets
 * of 64 bytes every ms.
 */
export function loaderDeclaration(speed: UsbSpeed): FunctionDeclaration {
  const endpoint = speed === "high"
    ? { bmAttributes: 3, wMaxPacketSize: LOADER_REPORT, bInterval: 3 }
    : { bmAttributes: 3, wMaxPacketSize: 64, bInterval: 1 };
  return {
    speed,
    device: {
      idVendor: LOADER_VENDOR_ID,
      idProduct: LOADER_PRODUCT_ID,
      bcdDevice: 0x0002,
      iManufacturer: 1,
      iProduct: 2,
    },
    configuration: {
      bmAttributes: 0xc0,
      bMaxPower: 0x32,
      interfaces: [{
        bInterfaceClass: 3,
        iInterface: 3,
        endpoints: [
          { bEndpointAddress: MBOOT_ENDPOINT_IN, ...endpoint },
          { bEndpointAddress: MBOOT_ENDPOINT_OUT, ...endpoint },
        ],
      }],
    },
    strings: {
      1: "FREESCALE SEMICONDUCTOR INC.",
      2: "USB COMPOSITE DEVICE",
      3: "MCU HID GENERIC DEVICE",
      4: "BAD STRING",
    },
  };
}

/** The HID report descriptor, 76 bytes: four reports of 203 items of 40 bits = 1015 bytes. */
export const loaderReportDescriptor: Uint8Array = Uint8Array.of(
  ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01],
  ...[1, 2, 3, 4].flatMap((id) => [
    ...[0x85, id, 0x19, 0x01, 0x29, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x28, 0x95, 0xcb],
    ...[id <= 2 ? 0x91 : 0x81, 0x02],
  ]),
  0xc0,
);
