import { ERASE_MS, PAGE, PAGE_MS, SECTOR } from "./boards.ts";

/** Expected times in milliseconds: what makes the one progress bar true. */

/** One byte on the wire at high speed, with the requests around it (dfu-dfuse.md G1). */
const WIRE_MS_PER_BYTE = 1 / 8_000;

/** Erase, program and read back. */
export function writeMs(length: number): number {
  const erase = Math.ceil(length / SECTOR) * ERASE_MS;
  return erase + length / PAGE * PAGE_MS + 2 * readMs(length);
}

export function readMs(length: number): number {
  return length * WIRE_MS_PER_BYTE;
}
