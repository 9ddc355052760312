import { UnbrickError } from "../../../common/errors.ts";
import { byteCount, hex } from "../../../common/format.ts";
import { text, type Words } from "../../../common/text.ts";

/** MRAM of the parts in an AE3 (alif-isp.md D). The enclave sees it 0x10000000 higher. */
export const MRAM_BASE = 0x8000_0000;
export const MRAM_SIZE = 0x60_0000;
/** A line: every address and length is a multiple of it. */
export const MRAM_LINE = 16;
/** First address of the system area, and end of the application area. */
export const SYSTEM_BASE = 0x8058_0000;
/** Address of the pointer to the system package: the last line. */
export const POINTER_ADDRESS = 0x805F_FFF0;
export const ENCLAVE_VIEW = 0x1000_0000;

export const BOOTLOADER_ADDRESS = MRAM_BASE;
export const BOOTLOADER_SIZE = 0x2_0000;
/** Address of firmware_pad.toc; the table itself ends at SYSTEM_BASE. */
export const TOC_ADDRESS = 0x8057_E000;
export const TOC_SIZE = 0x2000;

/** Parts of the two hardware variants, by the USB id of their bridge (alif-isp.md A.1). */
export const parts = [
  { part: "AE302F80F55D5AE", vendorId: 0x0403, productId: 0x6015 },
  { part: "AE302F80F55D5LE", vendorId: 0x1A86, productId: 0x55D3 },
] as const;

/** The silicon revision of the AE3. */
export const REVISION = "B4";

/**
 * Refuses a write unless it consists of whole lines inside the application area.
 *
 * @throws UnbrickError `usage`: misaligned, outside, or touching the system area.
 */
export function checkApplicationRange(address: number, length: number, what: Words): void {
  const data = { address, length };
  if (address % MRAM_LINE !== 0 || length % MRAM_LINE !== 0 || length === 0) {
    throw new UnbrickError(
      "usage",
      text`${what} cannot be written: address ${hex(address)} and length ${length} must be multiples
        of ${byteCount(MRAM_LINE)}.`,
      data,
    );
  }
  if (address < MRAM_BASE || address >= MRAM_BASE + MRAM_SIZE) {
    throw new UnbrickError(
      "usage",
      text`${what} cannot be written: ${hex(address)} is outside the memory, which is
        ${hex(MRAM_BASE)} to ${hex(MRAM_BASE + MRAM_SIZE)}.`,
      data,
    );
  }
  if (address + length > SYSTEM_BASE) {
    throw new UnbrickError(
      "usage",
      text`${what} cannot be written: ${hex(address)} to ${hex(address + length)} reaches into the
        system area from ${hex(SYSTEM_BASE)} on, which only a signed system package may change.`,
      data,
    );
  }
}
