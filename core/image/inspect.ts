import { Buffer } from "node:buffer";
import { indexesOf, indexOf } from "./search.ts";

/** What an image, or flash read back from a camera, tells about itself. Nothing here refuses. */

/** First two words of a Cortex-M image (8 bytes, little-endian). */
export interface VectorTable {
  /** A full-descending stack: may equal the end of RAM. */
  readonly initialStackPointer: number;
  /** Bit 0 is the Thumb bit and must be set. */
  readonly resetVector: number;
}

/** The vector table at `offset`; undefined if fewer than 8 bytes are there. */
export function vectorTable(bytes: Uint8Array, offset = 0): VectorTable | undefined {
  if (offset + 8 > bytes.length) return undefined;
  const view = viewOf(bytes);
  return {
    initialStackPointer: view.getUint32(offset, true),
    resetVector: view.getUint32(offset + 4, true),
  };
}

/** Vendor id of OpenMV (openmv-boards.md 0.1). */
export const openmvVendorId = 0x37C5;

/** A USB device descriptor (18 bytes) found as a constant inside an image. */
export interface FoundDeviceDescriptor {
  readonly offset: number;
  readonly vendorId: number;
  readonly productId: number;
  /** 0x00 in the OpenMV bootloader, 0xEF in firmware (CDC with interface association). */
  readonly deviceClass: number;
}

/**
 * The USB device descriptors of one vendor inside an image: `12 01 00 02 cc ss pp 40 VV VV PP PP`,
 * any class. The bootloader of an OpenMV camera has one, with its 92xx product id (openmv-boards.md
 * 2.1, inferred: not tried on a release file); firmware has one with its 12xx product id (inferred).
 */
export function findDeviceDescriptors(
  bytes: Uint8Array,
  vendorId: number = openmvVendorId,
): FoundDeviceDescriptor[] {
  const head = Uint8Array.of(0x12, 0x01, 0x00, 0x02);
  const view = viewOf(bytes);
  return indexesOf(bytes, head)
    .filter((offset) =>
      offset + 12 <= bytes.length && bytes[offset + 7] === 0x40 &&
      view.getUint16(offset + 8, true) === vendorId
    )
    .map((offset) => ({
      offset,
      vendorId,
      productId: view.getUint16(offset + 10, true),
      deviceClass: bytes[offset + 4],
    }));
}

/** Version header of an OpenMV bootloader. */
export interface BootloaderHeader {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `1.0.3`. */
  readonly version: string;
}

/** Offset of the header in a raw STM32 bootloader.bin (openmv-boards.md 5.8). */
export const bootloaderHeaderOffset = 0x1000;

/** First word of the header. */
export const bootloaderHeaderMagic = 0xB00710AD;

/**
 * The 32-byte header: magic `AD 10 07 B0`, major, minor, patch (openmv-boards.md 5.8). Bootloaders
 * before 4.8.1 have none, so undefined is not a fault.
 */
export function bootloaderHeader(
  bytes: Uint8Array,
  offset: number = bootloaderHeaderOffset,
): BootloaderHeader | undefined {
  if (offset + 32 > bytes.length) return undefined;
  if (viewOf(bytes).getUint32(offset, true) !== bootloaderHeaderMagic) return undefined;
  const [major, minor, patch] = bytes.subarray(offset + 4, offset + 7);
  return { major, minor, patch, version: `${major}.${minor}.${patch}` };
}

/**
 * Offset of an architecture string such as `OMV4 H7 1024` (openmv-boards.md 1.1) inside firmware, or
 * -1. No string of that table is contained in another one.
 */
export function findArchString(bytes: Uint8Array, archString: string): number {
  return indexOf(bytes, archString);
}

/** How a ROMFS begins (inferred): made-up ones have it, real ones are not refused without it. */
export const romfsMagic: Uint8Array = Uint8Array.of(0xD2, 0xCD, 0x31);

/** True if every byte is `value`; also for no bytes at all. */
export function isFilledWith(bytes: Uint8Array, value: number): boolean {
  return bytes.every((byte) => byte === value);
}

const BLANK = new Uint8Array(65_536).fill(0xff);

/** All but whole blank blocks of 64 KiB at the end, so that a search need not go through them. */
export function withoutBlankEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (
    end >= BLANK.length && Buffer.compare(bytes.subarray(end - BLANK.length, end), BLANK) === 0
  ) {
    end -= BLANK.length;
  }
  return bytes.subarray(0, end);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
