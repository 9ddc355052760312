import { byteSum } from "./byte_sum.ts";

/** Bytes of a STM32 image header version 1 (stm32n6-serial-boot.md C.3). */
export const HEADER_V1_LENGTH = 256;

/** "STM2", little endian. */
export const STM32_MAGIC = 0x324D5453;

/** What stands in its version field (C.3). */
const VERSION_1 = 0x0001_0000;
/** Option flags bit 0: the image has no signature. */
const UNSIGNED = 1;

/** Fields of a version 1 header that are not always zero. */
export interface HeaderV1 {
  /** Byte sum of the payload. */
  readonly checksum: number;
  /** 0x00010000. */
  readonly version: number;
  /** Bytes of the payload. */
  readonly length: number;
  readonly optionFlags: number;
  readonly binaryType: number;
}

/** The 256-byte version 1 header (unsigned) for a payload; used for nothing but the layout text. */
export function buildHeaderV1(payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(HEADER_V1_LENGTH);
  const view = new DataView(header.buffer);
  view.setUint32(0x00, STM32_MAGIC, true);
  view.setUint32(0x44, byteSum(payload), true);
  view.setUint32(0x48, VERSION_1, true);
  view.setUint32(0x4C, payload.length, true);
  view.setUint32(0x64, UNSIGNED, true);
  return header;
}

/** Reads a version 1 header; undefined if the bytes do not start with one. */
export function parseHeaderV1(bytes: Uint8Array): HeaderV1 | undefined {
  if (bytes.length < HEADER_V1_LENGTH) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(0x48, true);
  if (view.getUint32(0, true) !== STM32_MAGIC || version !== VERSION_1) return undefined;
  return {
    checksum: view.getUint32(0x44, true),
    version,
    length: view.getUint32(0x4C, true),
    optionFlags: view.getUint32(0x64, true),
    binaryType: bytes[0xFF],
  };
}
