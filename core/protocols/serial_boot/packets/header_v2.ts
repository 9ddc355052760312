import { bytes, constant, struct, u32, type ValueOf } from "../../../common/struct.ts";
import { VectorTable } from "../../../common/vector_table.ts";
import { byteSum } from "./byte_sum.ts";
import { STM32_MAGIC } from "./header_v1.ts";

/**
 * STM32 image header version 2.3, which the ROM of the STM32N6 accepts (stm32n6-serial-boot.md
 * C.1).
 */

/** The first 0xA0 bytes of a header; its extensions follow. */
const FixedHeader = struct("STM32 image header 2.3", {
  magic: constant(u32, STM32_MAGIC),
  /** All zero in an unsigned image. */
  signature: bytes(0x60),
  /** Byte sum of the payload. */
  checksum: u32,
  version: u32,
  /** Bytes of the payload, after the header. */
  payloadLength: u32,
  entryPoint: u32,
  reserved1: u32,
  loadAddress: u32,
  reserved2: u32,
  imageVersion: u32,
  extensionFlags: u32,
  /** Bytes of all extensions. */
  extensionLength: u32,
  binaryType: u32,
  reserved3: bytes(16),
});

/** Offsets of the header's fields, for refusals. */
export const headerV2Offsets = FixedHeader.offsets;
/** Bytes before the extensions. */
export const HEADER_V2_FIXED = FixedHeader.size;

/** The first 8 bytes of an extension. */
export const ExtensionHead = struct("extension of an STM32 image header", {
  type: u32,
  /** Bytes, this head included. */
  length: u32,
});

/** Bytes of a whole header as the signing tool writes it (fixed part + padding extension). */
const HEADER_V2_LENGTH = 0x240;
/** `53 54 FF FF`: the padding extension. */
const PADDING_EXTENSION = 0xFFFF5453;
/** Load address of an image that has none, as the ROM wants it. */
export const NO_LOAD_ADDRESS = 0xFFFF_FFFF;
/** Extension flag of an encrypted image (inferred). */
export const DECRYPTION = 0x2;
export const VERSION_2_3 = 0x0002_0300;
/** Accepted only by early silicon (Rev Z, Cut 1.1). */
export const VERSION_2_1 = 0x0002_0100;
/** Binary type that the signing tool writes for `-t fsbl` (C.4). */
export const BINARY_TYPE_FSBL = 0x10;
/** Address of the running image in SRAM, header included (C.2 rule 10). */
export const IMAGE_BASE = 0x3418_0000;
/** File offset of the vector table: the code is linked at 0x34180400. */
export const VECTOR_TABLE = 0x400;

/** The content of a version 2.3 header. */
export interface HeaderV2
  extends Omit<ValueOf<typeof FixedHeader>, "signature" | "reserved1" | "reserved2" | "reserved3"> {
  readonly signed: boolean;
  /** Bytes of the fixed part and all extensions. */
  readonly headerLength: number;
  readonly reservedZero: boolean;
}

/**
 * Reads a header; undefined if there are too few bytes or they do not start with the magic `STM2`.
 */
export function parseHeaderV2(bytes: Uint8Array): HeaderV2 | undefined {
  const found = FixedHeader.tryDecode(bytes);
  if (!found) return undefined;
  const { signature, reserved1, reserved2, reserved3, ...fields } = found;
  const isZero = (field: Uint8Array) => field.every((byte) => byte === 0);
  return {
    ...fields,
    signed: !isZero(signature),
    headerLength: HEADER_V2_FIXED + fields.extensionLength,
    reservedZero: reserved1 === 0 && reserved2 === 0 && isZero(reserved3),
  };
}

/** Builds an unsigned image: 0x240 bytes of header, zeros up to 0x400, then the code. */
export function buildStm32Image(
  /** Vector table and code, linked at 0x34180400. */
  code: Uint8Array,
  options: { binaryType: number },
): Uint8Array {
  const image = new Uint8Array(VECTOR_TABLE + code.length);
  image.set(code, VECTOR_TABLE);
  const extensionLength = HEADER_V2_LENGTH - HEADER_V2_FIXED;
  FixedHeader.write(image, 0, {
    signature: new Uint8Array(0x60),
    checksum: byteSum(code),
    version: VERSION_2_3,
    payloadLength: image.length - HEADER_V2_LENGTH,
    entryPoint: VectorTable.decode(code).resetVector,
    reserved1: 0,
    loadAddress: NO_LOAD_ADDRESS,
    reserved2: 0,
    imageVersion: 0,
    extensionFlags: 0x8000_0000,
    extensionLength,
    binaryType: options.binaryType,
    reserved3: new Uint8Array(16),
  });
  const padding = { type: PADDING_EXTENSION, length: extensionLength };
  ExtensionHead.write(image, HEADER_V2_FIXED, padding);
  image.fill(0x55, HEADER_V2_FIXED + ExtensionHead.size, HEADER_V2_LENGTH);
  return image;
}
