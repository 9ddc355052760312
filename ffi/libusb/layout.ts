/**
 * Offsets in bytes inside the structures of libusb.h, for 64-bit Linux, macOS and Windows, which agree
 * in all of them (int is 4 bytes, pointers 8, little-endian). layout_test.ts compares them with what a
 * C compiler makes of the real header.
 */

/** struct libusb_transfer, without iso_packet_desc. */
export const TRANSFER = {
  dev_handle: 0,
  flags: 8,
  endpoint: 9,
  type: 10,
  timeout: 12,
  status: 16,
  length: 20,
  actual_length: 24,
  callback: 32,
  user_data: 40,
  buffer: 48,
  num_iso_packets: 56,
  size: 60,
} as const;

/** struct libusb_config_descriptor. */
export const CONFIG = {
  bNumInterfaces: 4,
  bConfigurationValue: 5,
  bmAttributes: 7,
  MaxPower: 8,
  interface: 16,
  extra: 24,
  extra_length: 32,
} as const;

/** struct libusb_interface. */
export const INTERFACE = { altsetting: 0, num_altsetting: 8, size: 16 } as const;

/** struct libusb_interface_descriptor. */
export const ALTSETTING = {
  bInterfaceNumber: 2,
  bAlternateSetting: 3,
  bNumEndpoints: 4,
  bInterfaceClass: 5,
  bInterfaceSubClass: 6,
  bInterfaceProtocol: 7,
  iInterface: 8,
  endpoint: 16,
  extra: 24,
  extra_length: 32,
  size: 40,
} as const;

/** struct libusb_endpoint_descriptor. */
export const ENDPOINT = {
  bEndpointAddress: 2,
  bmAttributes: 3,
  wMaxPacketSize: 4,
  bInterval: 6,
  extra: 16,
  extra_length: 24,
  size: 32,
} as const;

/** struct libusb_version. */
export const VERSION = { major: 0, minor: 2, micro: 4 } as const;

/** A struct timeval of less than one second: two longs, which are 4 bytes each on Windows. */
export function timeval(milliseconds: number, windows: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(windows ? 4 : 8, milliseconds * 1000, true);
  return bytes;
}
