import {
  BULK_BAUD,
  DATA_SIZE,
  DEFAULT_BAUD,
} from "../../core/protocols/alif_isp/packets/command.ts";
import { lineMs } from "../../core/transport/serial/line.ts";
import { OSPI_ERASE_MS, OSPI_PAGE, OSPI_PAGE_MS, OSPI_SECTOR } from "./boards.ts";

/** Expected times in milliseconds, on which the progress bar is based. */

/** One byte on the wire at high speed, with the requests around it (dfu-dfuse.md G1). */
const WIRE_MS_PER_BYTE = 1 / 8_000;
/** Average time that a USB adapter adds to each exchange. */
const ADAPTER_MS = 1;

/** Returns the time to write through SES at the bulk rate and read back 16 bytes per command. */
export function ispWriteMs(length: number): number {
  const frames = length / DATA_SIZE;
  const lines = length / 16;
  return frames * (lineMs(DATA_SIZE + 8, BULK_BAUD) + ADAPTER_MS) +
    lines * (lineMs(8 + 19, BULK_BAUD) + ADAPTER_MS) + 1_500;
}

/** Returns the time to write line by line through the chip's ROM. */
export function romWriteMs(length: number): number {
  return length / 16 * (lineMs(23 + 3, DEFAULT_BAUD) + ADAPTER_MS);
}

/** Returns the time to write a partition through the camera's bootloader and read it back. */
export function dfuWriteMs(memory: string, length: number): number {
  const flash = memory === "ospi"
    ? Math.ceil(length / OSPI_SECTOR) * OSPI_ERASE_MS + length / OSPI_PAGE * OSPI_PAGE_MS
    : 0;
  return flash + 2 * readMs(length);
}

export function readMs(length: number): number {
  return length * WIRE_MS_PER_BYTE;
}
