import { ERASE_MS, PAGE, PAGE_MS, SECTOR } from "./boards.ts";

/** Expected times in milliseconds, on which the progress bar is based. */

/** One byte on the wire at high speed, with the requests around it (dfu-dfuse.md G1). */
const WIRE_MS_PER_BYTE = 1 / 8_000;

/** Returns the time to erase, program and read back. */
export function writeMs(length: number): number {
  const erase = Math.ceil(length / SECTOR) * ERASE_MS;
  return erase + length / PAGE * PAGE_MS + 2 * readMs(length);
}

export function readMs(length: number): number {
  return length * WIRE_MS_PER_BYTE;
}
