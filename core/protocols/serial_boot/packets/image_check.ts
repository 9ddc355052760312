import { UnbrickError } from "../../../common/errors.ts";
import { byteCount, byteSize, hex } from "../../../common/format.ts";
import { VectorTable } from "../../../common/vector_table.ts";
import { byteSum } from "./byte_sum.ts";
import {
  DECRYPTION,
  ExtensionHead,
  HEADER_V2_FIXED,
  type HeaderV2,
  headerV2Offsets as offsets,
  IMAGE_BASE,
  NO_LOAD_ADDRESS,
  parseHeaderV2,
  VECTOR_TABLE,
  VERSION_2_1,
  VERSION_2_3,
} from "./header_v2.ts";
import { text, type Words } from "../../../common/text.ts";

/** The largest image, header included, that the ROM loads (stm32n6-serial-boot.md B.4). */
export const MAX_IMAGE = 0x8_0000;

/** An image that may be sent to the ROM. */
export interface CheckedImage {
  readonly header: HeaderV2;
  /** Unusual properties that do not forbid the image, one sentence each. */
  readonly warnings: readonly Words[];
}

/**
 * Checks an image for the ROM of the STM32N6 (stm32n6-serial-boot.md C.2). It does not check a
 * signature: that needs keys, and an open part ignores it.
 * @throws UnbrickError `bad-image`; data: `file`, `offset` (bytes) and the value there.
 */
export function checkStm32Image(bytes: Uint8Array, name: string): CheckedImage {
  const refuse = (offset: number, reason: Words) =>
    new UnbrickError("bad-image", text`${name} at offset ${hex(offset, 1)}: ${reason}`, {
      file: name,
      offset,
    });
  if (bytes.length === 0) throw refuse(0, text`the file is empty.`);
  const header = parseHeaderV2(bytes);
  if (!header) throw refuse(0, text`this is not an STM32 image (it does not start with STM2).`);
  if (bytes.length <= VECTOR_TABLE + VectorTable.size) {
    throw refuse(
      bytes.length,
      text`the image ends after ${byteCount(bytes.length)}, before its code.`,
    );
  }
  if (header.version === VERSION_2_1) {
    throw refuse(
      offsets.version,
      text`header version 2.1: the image was built for early silicon (Rev Z, Cut 1.1).`,
    );
  }
  if (header.version !== VERSION_2_3) {
    throw refuse(
      offsets.version,
      text`header version ${hex(header.version)}; the chip accepts only 2.3.`,
    );
  }
  checkExtensions(bytes, header, refuse);
  if (header.loadAddress !== NO_LOAD_ADDRESS) {
    throw refuse(
      offsets.loadAddress,
      text`the image has the load address ${
        hex(header.loadAddress)
      }; the chip loads only one that has
        none (${hex(NO_LOAD_ADDRESS)}).`,
    );
  }
  if ((header.extensionFlags & DECRYPTION) !== 0) {
    throw refuse(
      offsets.extensionFlags,
      text`the image is encrypted: only a chip with its key starts it.`,
    );
  }
  const end = header.headerLength + header.payloadLength;
  if (end > MAX_IMAGE) {
    throw refuse(
      offsets.payloadLength,
      text`the image is ${byteSize(end)} long; the chip accepts at most ${byteSize(MAX_IMAGE)}.`,
    );
  }
  if (end > bytes.length) {
    throw refuse(
      offsets.payloadLength,
      text`the file is truncated: ${byteCount(bytes.length)}, the header says ${end}.`,
    );
  }
  if (end <= VECTOR_TABLE + VectorTable.size) {
    throw refuse(offsets.payloadLength, text`the payload ends before the vector table.`);
  }
  const sum = byteSum(bytes.subarray(header.headerLength, end));
  if (sum !== header.checksum) {
    throw refuse(
      offsets.checksum,
      text`the checksum is ${hex(header.checksum)}, but the bytes add up to ${hex(sum)}.`,
    );
  }
  if (!header.reservedZero) {
    throw refuse(offsets.reserved1, text`reserved words of the header are not zero.`);
  }
  const gap = bytes.subarray(header.headerLength, VECTOR_TABLE).findIndex((byte) => byte !== 0);
  if (gap >= 0) {
    throw refuse(
      header.headerLength + gap,
      text`code right after the header: the image was signed without -align.`,
    );
  }
  const { initialStackPointer: stack, resetVector: reset } = VectorTable.decode(
    bytes,
    VECTOR_TABLE,
  );
  if (stack < 0x3000_0000 || stack > 0x343F_FFFF || stack % 4 !== 0) {
    throw refuse(VECTOR_TABLE, text`the stack pointer ${hex(stack)} is not an address in SRAM.`);
  }
  if (reset !== header.entryPoint) {
    throw refuse(
      VECTOR_TABLE + VectorTable.offsets.resetVector,
      text`the reset vector ${hex(reset)} is not the entry point ${hex(header.entryPoint)}.`,
    );
  }
  const last = IMAGE_BASE + bytes.length;
  if (reset % 2 === 0 || reset < IMAGE_BASE + VECTOR_TABLE + 1 || reset > last) {
    throw refuse(
      offsets.entryPoint,
      text`the entry point ${hex(reset)} is not a Thumb address inside the image.`,
    );
  }
  const warnings = end < bytes.length
    ? [text`${name} has ${byteCount(bytes.length - end)} after the end of the image.`]
    : [];
  return { header, warnings };
}

/** Checks rule 3: the extensions (type, length) fill extensionLength exactly. */
function checkExtensions(
  bytes: Uint8Array,
  header: HeaderV2,
  refuse: (offset: number, reason: Words) => Error,
): void {
  const { extensionLength, headerLength } = header;
  if (headerLength > VECTOR_TABLE || extensionLength % 4 !== 0) {
    throw refuse(
      offsets.extensionLength,
      text`an extension length of ${hex(extensionLength, 1)} bytes is impossible.`,
    );
  }
  for (let at = HEADER_V2_FIXED; at < headerLength;) {
    const length = ExtensionHead.tryDecode(bytes.subarray(0, headerLength), at)?.length ?? 0;
    if (length < ExtensionHead.size || at + length > headerLength) {
      throw refuse(at, text`the header's extensions do not add up to its length.`);
    }
    at += length;
  }
}
