import type { Board } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import { hex } from "../common/format.ts";
import { regionNamed } from "../plan/regions.ts";
import { type Partition, partitionSize } from "./partition.ts";
import { type MemoryRange, piecesOf } from "./read.ts";

/** A range, and the name of the file read from it. */
export interface NamedRange extends MemoryRange {
  readonly name: string;
}

/**
 * What can be read from a camera: partitions by their names in lower case, or the chip's whole
 * memory.
 */
export interface ReadableCamera {
  readonly board: Board;
  readonly partitions: readonly Partition[];
  /** All of the memory that contains the bootloader. */
  readonly whole: NamedRange;
  /** Returns the memory that an address on the command line belongs to. */
  memoryAt(address: number): string;
}

/**
 * Returns the ranges of a read job: an address range, or a region, or every partition.
 * @throws UnbrickError `usage` for a region or an address that the camera does not have
 */
export function wantedRanges(
  { board, partitions, whole, memoryAt }: ReadableCamera,
  { region, address, length }: JobOptions,
): readonly NamedRange[] {
  if (address !== undefined && length !== undefined) {
    const range = { memory: memoryAt(address), address, length, name: hex(address) };
    piecesOf(partitions, range);
    return [range];
  }
  const all = partitions.map((partition) => ({
    name: partition.name.toLowerCase(),
    memory: partition.memory,
    address: partition.start,
    length: partitionSize(partition),
  }));
  return region === undefined ? all : [regionNamed(board, [whole, ...all], region)];
}
