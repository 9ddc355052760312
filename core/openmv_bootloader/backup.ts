import type { BackupSource } from "../plan/backup_steps.ts";
import type { Partition } from "./partition.ts";
import { type MemoryRange, readMemory } from "./read.ts";

/** A region of a camera with partitions. */
export interface PartitionRegion extends MemoryRange {
  readonly name: string;
  readonly size: number;
}

/**
 * Returns every partition by its name in lower case. One with another inside ends where that begins, so
 * that each byte of the camera's memories is in one region.
 */
export function partitionRegions(table: readonly Partition[]): PartitionRegion[] {
  return table.map(({ name, memory, start, end }) => {
    const later = table.filter((one) => one.memory === memory && one.start > start);
    const size = Math.min(end, ...later.map((one) => one.start)) - start;
    return { name: name.toLowerCase(), memory, address: start, size, length: size };
  });
}

/** Returns how a region is backed up through the camera's bootloader. */
export function partitionSource(
  table: readonly Partition[],
  region: PartitionRegion,
  readMs: (length: number) => number,
): BackupSource {
  return {
    ...region,
    weight: readMs(region.size),
    read: (context, onProgress) => readMemory(context, table, region, onProgress),
  };
}
