import { at, constant, struct, u32, u8 } from "../../../common/struct.ts";
import { byteSum } from "./byte_sum.ts";

/** "STM2". */
export const STM32_MAGIC = 0x324D5453;

/** Option flags bit 0: the image has no signature. */
const UNSIGNED = 1;

/** STM32 image header version 1, 256 bytes (stm32n6-serial-boot.md C.3). */
export const HeaderV1 = struct("STM32 image header 1.0", {
  magic: constant(u32, STM32_MAGIC),
  /** Byte sum of the payload. */
  checksum: at(0x44, u32),
  version: constant(u32, 0x0001_0000),
  /** Bytes of the payload. */
  length: u32,
  optionFlags: at(0x64, u32),
  binaryType: at(0xFF, u8),
});

/** Builds the unsigned header of a payload; used only for the layout text. */
export function buildHeaderV1(payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const optionFlags = UNSIGNED;
  return HeaderV1.encode({ checksum: byteSum(payload), length, optionFlags, binaryType: 0 });
}
