import { at, i32, struct, u16, u32, u64, u8 } from "../../core/common/struct.ts";

/**
 * Structures of libusb.h, for 64-bit Linux, macOS and Windows, which agree in all of them (int is 4
 * bytes, pointers 8, little-endian). layout_test.ts compares their offsets and sizes with those
 * that a C compiler finds in the real header.
 */

/** struct libusb_transfer, without iso_packet_desc. */
export const TRANSFER = struct("libusb_transfer", {
  dev_handle: u64,
  flags: u8,
  endpoint: u8,
  type: u8,
  /** Milliseconds. */
  timeout: at(12, u32),
  status: i32,
  /** Bytes. */
  length: i32,
  /** Bytes. */
  actual_length: i32,
  callback: at(32, u64),
  user_data: u64,
  buffer: u64,
  num_iso_packets: i32,
});

/** struct libusb_config_descriptor. */
export const CONFIG = struct("libusb_config_descriptor", {
  bNumInterfaces: at(4, u8),
  bConfigurationValue: u8,
  iConfiguration: u8,
  bmAttributes: u8,
  MaxPower: u8,
  interface: at(16, u64),
  extra: u64,
  extra_length: i32,
}, 40);

/** struct libusb_interface. */
export const INTERFACE = struct("libusb_interface", { altsetting: u64, num_altsetting: i32 }, 16);

/** struct libusb_interface_descriptor. */
export const ALTSETTING = struct("libusb_interface_descriptor", {
  bInterfaceNumber: at(2, u8),
  bAlternateSetting: u8,
  bNumEndpoints: u8,
  bInterfaceClass: u8,
  bInterfaceSubClass: u8,
  bInterfaceProtocol: u8,
  iInterface: u8,
  endpoint: at(16, u64),
  extra: u64,
  extra_length: i32,
}, 40);

/** struct libusb_endpoint_descriptor. */
export const ENDPOINT = struct("libusb_endpoint_descriptor", {
  bEndpointAddress: at(2, u8),
  bmAttributes: u8,
  wMaxPacketSize: u16,
  bInterval: u8,
  extra: at(16, u64),
  extra_length: i32,
}, 32);

/** struct libusb_version. */
export const VERSION = struct("libusb_version", { major: u16, minor: u16, micro: u16 }, 24);

/** A struct timeval: two longs, which are 4 bytes each on Windows. */
const TIMEVAL = struct("timeval", { tv_sec: u64, tv_usec: u64 });
const TIMEVAL_WINDOWS = struct("timeval", { tv_sec: u32, tv_usec: u32 });

/** Returns a struct timeval of less than one second. */
export function timeval(milliseconds: number, windows: boolean): Uint8Array<ArrayBuffer> {
  const tv_usec = milliseconds * 1000;
  return windows
    ? TIMEVAL_WINDOWS.encode({ tv_sec: 0, tv_usec })
    : TIMEVAL.encode({ tv_sec: 0n, tv_usec: BigInt(tv_usec) });
}
