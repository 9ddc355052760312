import type { BoardRegion } from "../family/board.ts";

/** A partition of an OpenMV bootloader: one alternate setting of its DFU interface (openmv-boards.md 5.2). */
export interface Partition {
  /** Name of the alternate setting: `FIRMWARE`. */
  readonly name: string;
  /** The memory that contains it: `flash` (inside the chip), `qspi`, `xspi`, `mram`, `ospi`. */
  readonly memory: string;
  /** First address in that memory. */
  readonly start: number;
  /** First address behind it. */
  readonly end: number;
  readonly writable: boolean;
}

/** Returns the size of a partition in bytes. */
export function partitionSize(partition: Partition): number {
  return partition.end - partition.start;
}

/** Returns the partition of that name from a table that must contain it. */
export function partitionNamed(table: readonly Partition[], name: string): Partition {
  const found = table.find((partition) => partition.name === name);
  if (!found) throw new Error(`no partition ${name}`);
  return found;
}

/**
 * Returns the region of a partition. @param what its name for people, and its role if it has one
 */
export function regionOf(
  table: readonly Partition[],
  partition: string,
  what: Pick<BoardRegion, "name" | "role" | "isFilesystem">,
): BoardRegion {
  const { start, end } = partitionNamed(table, partition);
  return { ...what, address: start, size: end - start, partition };
}
