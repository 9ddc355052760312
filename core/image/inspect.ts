import { Buffer } from "node:buffer";
import { constant, struct, u32, u8 } from "../common/struct.ts";
import { DeviceDescriptor } from "../transport/usb/descriptors.ts";
import { indexesOf } from "./search.ts";

/**
 * Reads what an image, or flash read from a camera, contains about itself. Nothing here refuses.
 */

/** Vendor id of OpenMV (openmv-boards.md 0.1). */
export const openmvVendorId = 0x37C5;

/** A USB device descriptor (18 bytes) found inside an image. */
export interface FoundDeviceDescriptor {
  readonly offset: number;
  readonly vendorId: number;
  readonly productId: number;
  /** 0x00 in the OpenMV bootloader, 0xEF in firmware (CDC with interface association). */
  readonly deviceClass: number;
}

/**
 * Returns the USB device descriptors of one vendor inside an image: `12 01 00 02 cc ss pp 40 VV VV
 * PP PP`, any class. The bootloader of an OpenMV camera has one, with its 92xx product id
 * (openmv-boards.md 2.1, inferred: not tried on a release file); firmware has one with its 12xx
 * product id (inferred).
 */
export function findDeviceDescriptors(
  bytes: Uint8Array,
  vendorId: number = openmvVendorId,
): FoundDeviceDescriptor[] {
  const head = Uint8Array.of(0x12, 0x01, 0x00, 0x02);
  return indexesOf(bytes, head).flatMap((offset) => {
    const found = DeviceDescriptor.tryDecode(bytes, offset);
    if (found?.idVendor !== vendorId || found.bMaxPacketSize0 !== 64) return [];
    return [{ offset, vendorId, productId: found.idProduct, deviceClass: found.bDeviceClass }];
  });
}

/** Version header of an OpenMV bootloader, 32 bytes (openmv-boards.md 5.8). */
export const BootloaderHeader = struct("bootloader header", {
  magic: constant(u32, 0xB00710AD),
  major: u8,
  minor: u8,
  patch: u8,
}, 32);

/** Offset of the header in a raw STM32 bootloader.bin (openmv-boards.md 5.8). */
export const bootloaderHeaderOffset = 0x1000;

/**
 * Returns the version in the header, `1.0.3`. Bootloaders before 4.8.1 have no header, so undefined
 * is not an error.
 */
export function bootloaderVersion(
  bytes: Uint8Array,
  offset: number = bootloaderHeaderOffset,
): string | undefined {
  const header = BootloaderHeader.tryDecode(bytes, offset);
  return header && `${header.major}.${header.minor}.${header.patch}`;
}

const BLANK = new Uint8Array(65_536).fill(0xff);

/** Returns the bytes without whole blank blocks of 64 KiB at the end, which a search can skip. */
export function withoutBlankEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (
    end >= BLANK.length && Buffer.compare(bytes.subarray(end - BLANK.length, end), BLANK) === 0
  ) {
    end -= BLANK.length;
  }
  return bytes.subarray(0, end);
}
