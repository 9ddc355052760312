import type { Partition } from "../../core/openmv_bootloader/partition.ts";
import { type Chip, FLASH_BASE, QSPI } from "./chips.ts";

/** Expected times in milliseconds, on which the progress bar is based. */

/** One byte on the wire at full speed, with the requests around it (dfu-dfuse.md G1). */
const WIRE_MS_PER_BYTE = 1 / 400;

/**
 * Returns the time to erase, program and read back `length` bytes from the start of a partition.
 */
export function writeMs(chip: Chip, { memory, start }: Partition, length: number): number {
  const isInternal = memory === "flash";
  const erase = isInternal
    ? internalEraseMs(chip, start, length)
    : Math.ceil(length / QSPI.sectorSize) * QSPI.eraseMs;
  const program = isInternal ? chip.programMsPerByte : QSPI.programMsPerByte;
  return erase + length * program + 2 * readMs(length);
}

export function readMs(length: number): number {
  return length * WIRE_MS_PER_BYTE;
}

function internalEraseMs(chip: Chip, start: number, length: number): number {
  let ms = 0, address = FLASH_BASE;
  for (const size of chip.sectors) {
    if (address + size > start && address < start + length) ms += chip.eraseMs[size];
    address += size;
  }
  return ms;
}
