import { builtin } from "../common/builtin.ts";
import { concat } from "../common/bytes.ts";
import { hex } from "../common/format.ts";
import { constant, latin1, struct, u16, u32, u8, type ValueOf } from "../common/struct.ts";
import { badImage } from "./bad_image.ts";
import { text } from "../common/text.ts";

/** The DFU 1.1 file suffix: the last 16 bytes of a .dfu file (dfu-dfuse.md A5). */

/** Id value for any device. */
export const anyId = 0xFFFF;

/** The suffix at the end of a file. */
const SuffixBytes = struct("DFU suffix", {
  bcdDevice: u16,
  idProduct: u16,
  idVendor: u16,
  /** 0x0100, 0x0110, or 0x011A for DfuSe. */
  bcdDFU: u16,
  ucDfuSignature: constant(latin1(3), "UFD"),
  /** Bytes of the suffix; 16, or more in a later format. */
  bLength: u8,
  /** CRC of everything before it. */
  dwCRC: u32,
});

/** The content of a suffix; an id that matches any device is `anyId`. */
export type DfuSuffix = Omit<ValueOf<typeof SuffixBytes>, "dwCRC">;

/** A file split into content and suffix. */
export interface SuffixedFile {
  readonly content: Uint8Array;
  readonly suffix: DfuSuffix;
}

/** Returns true if `UFD` is at the place of a suffix's signature. */
export function hasDfuSuffix(bytes: Uint8Array): boolean {
  return SuffixBytes.tryDecode(bytes, bytes.length - SuffixBytes.size) !== undefined;
}

/**
 * Splits off a suffix. Ignores prefixes (TI Stellaris, NXP LPC): a raw image may begin with such
 * bytes by chance.
 *
 * @throws UnbrickError `bad-image`: no signature, impossible bLength, wrong CRC.
 */
export function parseDfuSuffix(bytes: Uint8Array, file: string): SuffixedFile {
  const start = bytes.length - SuffixBytes.size;
  const found = SuffixBytes.tryDecode(bytes, start);
  if (!found) {
    throw badImage(file, text`the DFU suffix is missing, so it is truncated or not a .dfu file`, {
      offset: Math.max(0, start),
    });
  }
  const { dwCRC: stated, ...suffix } = found;
  const { bLength } = suffix;
  if (bLength < SuffixBytes.size || bLength > bytes.length) {
    throw badImage(file, text`its DFU suffix states an impossible length of ${bLength}`, {
      offset: start + SuffixBytes.offsets.bLength,
    });
  }
  const computed = dfuCrc(bytes.subarray(0, -4));
  if (stated !== computed) {
    throw badImage(
      file,
      text`it is damaged: its CRC is ${hex(computed)}, but its DFU suffix says ${hex(stated)}`,
      { offset: start + SuffixBytes.offsets.dwCRC },
      { stated, computed },
    );
  }
  return { content: bytes.subarray(0, bytes.length - bLength), suffix };
}

/** Returns `content` with a 16-byte suffix. Ids default to "any", bcdDFU to 0x0100. */
export function appendDfuSuffix(
  content: Uint8Array,
  suffix: Partial<Omit<DfuSuffix, "bLength">> = {},
): Uint8Array {
  const ids = { bcdDevice: anyId, idProduct: anyId, idVendor: anyId, bcdDFU: 0x0100, ...suffix };
  const fields = { ...ids, bLength: SuffixBytes.size };
  const bytes = concat([content, SuffixBytes.encode({ ...fields, dwCRC: 0 })]);
  const dwCRC = dfuCrc(bytes.subarray(0, -4));
  SuffixBytes.write(bytes, content.length, { ...fields, dwCRC });
  return bytes;
}

/** Returns a CRC-32 without the final inversion: the complement of zlib's (dfu-dfuse.md A5). */
export function dfuCrc(bytes: Uint8Array): number {
  return ~builtin.zlib.crc32(bytes) >>> 0;
}
