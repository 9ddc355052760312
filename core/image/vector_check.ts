import { hex } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import type { Image } from "./image.ts";
import { VectorTable } from "../common/vector_table.ts";
import { text } from "../common/text.ts";

/** Addresses from `start` up to, not including, `end`. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns true for a possible stack pointer; a full-descending stack may begin at a range's end.
 */
export function isStackIn(ranges: readonly AddressRange[], stackPointer: number): boolean {
  return ranges.some(({ start, end }) => stackPointer > start && stackPointer <= end);
}

/**
 * Returns true if a program of `size` bytes at `address` can start at the vector: odd and inside
 * it.
 */
export function isResetVectorIn(resetVector: number, address: number, size: number): boolean {
  return resetVector % 2 === 1 && resetVector >= address && resetVector < address + size;
}

/**
 * Refuses a program with an impossible vector table: stack outside the RAM, reset vector even or
 * outside the image.
 * @param address of the image's first byte.
 * @throws UnbrickError `bad-image`; the image must have at least 8 bytes.
 */
export function refuseBadVectors(
  { name, bytes }: Image,
  address: number,
  ram: readonly AddressRange[],
): void {
  const table = VectorTable.tryDecode(bytes);
  if (!table) throw badImage(name, text`it has no vector table`, { offset: 0 });
  const { initialStackPointer, resetVector } = table;
  if (!isStackIn(ram, initialStackPointer)) {
    throw badImage(
      name,
      text`its initial stack pointer ${hex(initialStackPointer)} is not in the chip's RAM`,
      { offset: 0 },
      { initialStackPointer },
    );
  }
  if (isResetVectorIn(resetVector, address, bytes.length)) return;
  const fault = resetVector % 2 === 0
    ? text`is even, but this chip needs an odd address`
    : text`is outside the image (${hex(address)} to ${hex(address + bytes.length)})`;
  throw badImage(
    name,
    text`its reset vector ${hex(resetVector)} ${fault}`,
    { offset: 4 },
    { resetVector, address },
  );
}
