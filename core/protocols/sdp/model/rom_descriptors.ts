import type { FunctionDeclaration } from "../../../transport/usb/function.ts";
import type { UsbSpeed } from "../../../transport/usb/device.ts";
import { ROM_PRODUCT_ID, ROM_VENDOR_ID, SDP_ENDPOINT_IN } from "../packets/report.ts";

/** The descriptors of the ROM of an i.MX RT1060 (imxrt-sdp-flashloader.md A1). */

/** HID version of the interface, 1.10. */
export const ROM_HID_VERSION = 0x0110;

/**
 * Returns the declaration, without a serial number. The RT1062's manufacturer string and bcdDevice
 * are unknown; these are the i.MX6UL's (inferred).
 */
export function romDeclaration(speed: UsbSpeed): FunctionDeclaration {
  return {
    speed,
    device: {
      idVendor: ROM_VENDOR_ID,
      idProduct: ROM_PRODUCT_ID,
      bcdDevice: 0x0100,
      iManufacturer: 1,
      iProduct: 2,
    },
    configuration: {
      bmAttributes: 0xc0,
      interfaces: [{
        bInterfaceClass: 3,
        endpoints: [{
          bEndpointAddress: SDP_ENDPOINT_IN,
          bmAttributes: 3,
          wMaxPacketSize: 64,
          bInterval: 1,
        }],
      }],
    },
    strings: { 1: "Freescale SemiConductor Inc ", 2: "SE Blank RT Family " },
  };
}

/** The HID report descriptor, 76 bytes; report 2 is declared as 64 items of 128 bits. */
export const romReportDescriptor: Uint8Array = Uint8Array.of(
  ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01],
  ...[0x85, 0x01, 0x19, 0x01, 0x29, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x10],
  ...[0x91, 0x02],
  ...[0x85, 0x02, 0x19, 0x01, 0x29, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x80, 0x95, 0x40],
  ...[0x91, 0x02],
  ...[0x85, 0x03, 0x19, 0x01, 0x29, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x04],
  ...[0x81, 0x02],
  ...[0x85, 0x04, 0x19, 0x01, 0x29, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40],
  ...[0x81, 0x02],
  0xc0,
);
