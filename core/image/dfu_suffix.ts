import { crc32 } from "node:zlib";
import { hex } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import { startsWith } from "./search.ts";

/** The DFU 1.1 file suffix: the last 16 bytes of a .dfu file (dfu-dfuse.md A5). */

/** Any device: the value of an id that is not bound. */
export const anyId = 0xFFFF;

/** Fields of a suffix; ids that are not bound are `anyId`. */
export interface DfuSuffix {
  readonly bcdDevice: number;
  readonly idProduct: number;
  readonly idVendor: number;
  /** 0x0100, 0x0110, or 0x011A for DfuSe. */
  readonly bcdDFU: number;
  /** Bytes of the suffix; 16, or more in a later format. */
  readonly bLength: number;
}

/** A file cut into its content and its suffix. */
export interface SuffixedFile {
  readonly content: Uint8Array;
  readonly suffix: DfuSuffix;
}

/** Bytes. */
const suffixLength = 16;

/** True if `UFD` stands where a suffix has its signature. */
export function hasDfuSuffix(bytes: Uint8Array): boolean {
  return bytes.length >= suffixLength && startsWith(bytes, "UFD", bytes.length - 8);
}

/**
 * Cuts a suffix off. Prefixes (TI Stellaris, NXP LPC) are not looked for: a raw image may begin with
 * such bytes by chance.
 *
 * @throws UnbrickError `bad-image`: no signature, impossible bLength, wrong CRC.
 */
export function parseDfuSuffix(bytes: Uint8Array, file: string): SuffixedFile {
  const start = bytes.length - suffixLength;
  if (!hasDfuSuffix(bytes)) {
    throw badImage(file, "the DFU suffix is missing, so it is truncated or not a .dfu file", {
      offset: Math.max(0, start),
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, suffixLength);
  const bLength = view.getUint8(11);
  if (bLength < suffixLength || bLength > bytes.length) {
    throw badImage(file, `its DFU suffix states an impossible length of ${bLength}`, {
      offset: start + 11,
    });
  }
  const stated = view.getUint32(12, true);
  const computed = dfuCrc(bytes.subarray(0, -4));
  if (stated !== computed) {
    throw badImage(
      file,
      `it is damaged, its CRC is ${hex(computed)} and its DFU suffix says ${hex(stated)}`,
      { offset: start + 12 },
      { stated, computed },
    );
  }
  return {
    content: bytes.subarray(0, bytes.length - bLength),
    suffix: {
      bcdDevice: view.getUint16(0, true),
      idProduct: view.getUint16(2, true),
      idVendor: view.getUint16(4, true),
      bcdDFU: view.getUint16(6, true),
      bLength,
    },
  };
}

/** The reverse: `content` with a 16-byte suffix. Ids default to "any", bcdDFU to 0x0100. */
export function appendDfuSuffix(
  content: Uint8Array,
  suffix: Partial<Omit<DfuSuffix, "bLength">> = {},
): Uint8Array {
  const bytes = new Uint8Array(content.length + suffixLength);
  bytes.set(content);
  const view = new DataView(bytes.buffer, content.length);
  view.setUint16(0, suffix.bcdDevice ?? anyId, true);
  view.setUint16(2, suffix.idProduct ?? anyId, true);
  view.setUint16(4, suffix.idVendor ?? anyId, true);
  view.setUint16(6, suffix.bcdDFU ?? 0x0100, true);
  bytes.set([0x55, 0x46, 0x44, suffixLength], content.length + 8);
  view.setUint32(12, dfuCrc(bytes.subarray(0, -4)), true);
  return bytes;
}

/** CRC-32 without the final inversion: the complement of zlib's (dfu-dfuse.md A5). */
export function dfuCrc(bytes: Uint8Array): number {
  return ~crc32(bytes) >>> 0;
}
