import { byteSum } from "./byte_sum.ts";
import { STM32_MAGIC } from "./header_v1.ts";

/** STM32 image header version 2.3, which the ROM of the STM32N6 takes (stm32n6-serial-boot.md C.1). */

/** Bytes before the extension headers. */
export const HEADER_V2_FIXED = 0xA0;
/** Bytes of a whole header as the signing tool writes it (fixed part + padding extension). */
const HEADER_V2_LENGTH = 0x240;
/** `53 54 FF FF`: the padding extension. */
const PADDING_EXTENSION = 0xFFFF5453;
export const VERSION_2_3 = 0x0002_0300;
/** Taken by early silicon only (Rev Z, Cut 1.1). */
export const VERSION_2_1 = 0x0002_0100;
/** Binary type that the signing tool gives to `-t fsbl` (C.4). */
export const BINARY_TYPE_FSBL = 0x10;
/** Where the image, header included, stands in SRAM when it runs (C.2 rule 10). */
export const IMAGE_BASE = 0x3418_0000;
/** File offset of the vector table: the code is linked at 0x34180400. */
export const VECTOR_TABLE = 0x400;

/** Fields of a version 2.3 header. */
export interface HeaderV2 {
  readonly signed: boolean;
  /** Byte sum of the payload. */
  readonly checksum: number;
  readonly version: number;
  /** Bytes of the payload, after the header. */
  readonly payloadLength: number;
  readonly entryPoint: number;
  readonly loadAddress: number;
  readonly imageVersion: number;
  readonly extensionFlags: number;
  /** Bytes of all extension headers. */
  readonly extensionLength: number;
  readonly binaryType: number;
  /** 0xA0 + extensionLength. */
  readonly headerLength: number;
  /** The words 0x74 and 0x7C and the padding 0x90..0x9F are zero. */
  readonly reservedZero: boolean;
}

/** Reads a header; undefined if the bytes are too few or do not start with the magic `STM2`. */
export function parseHeaderV2(bytes: Uint8Array): HeaderV2 | undefined {
  if (bytes.length < HEADER_V2_FIXED) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number) => view.getUint32(at, true);
  if (word(0) !== STM32_MAGIC) return undefined;
  const isZero = (start: number, end: number) =>
    bytes.subarray(start, end).every((byte) => byte === 0);
  return {
    signed: !isZero(0x04, 0x64),
    checksum: word(0x64),
    version: word(0x68),
    payloadLength: word(0x6C),
    entryPoint: word(0x70),
    loadAddress: word(0x78),
    imageVersion: word(0x80),
    extensionFlags: word(0x84),
    extensionLength: word(0x88),
    binaryType: word(0x8C),
    headerLength: HEADER_V2_FIXED + word(0x88),
    reservedZero: isZero(0x74, 0x78) && isZero(0x7C, 0x80) && isZero(0x90, 0xA0),
  };
}

/** An unsigned image: 0x240 bytes of header, zeros up to 0x400, then the code. */
export function buildStm32Image(
  /** What is linked at 0x34180400: vector table and code. */
  code: Uint8Array,
  options: { binaryType: number },
): Uint8Array {
  const image = new Uint8Array(VECTOR_TABLE + code.length);
  image.set(code, VECTOR_TABLE);
  const view = new DataView(image.buffer);
  const set = (at: number, value: number) => view.setUint32(at, value, true);
  set(0x00, STM32_MAGIC);
  set(0x64, byteSum(code));
  set(0x68, VERSION_2_3);
  set(0x6C, image.length - HEADER_V2_LENGTH);
  set(0x70, new DataView(code.buffer, code.byteOffset).getUint32(4, true));
  set(0x78, 0xFFFF_FFFF);
  set(0x84, 0x8000_0000);
  set(0x88, HEADER_V2_LENGTH - HEADER_V2_FIXED);
  set(0x8C, options.binaryType);
  set(0xA0, PADDING_EXTENSION);
  set(0xA4, HEADER_V2_LENGTH - HEADER_V2_FIXED);
  image.fill(0x55, 0xA8, HEADER_V2_LENGTH);
  return image;
}
