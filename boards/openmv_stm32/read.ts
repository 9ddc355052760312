import { UnbrickError } from "../../core/errors.ts";
import type { JobOptions } from "../../core/family.ts";
import { hex } from "../../core/format.ts";
import { partitionSize } from "../../core/openmv_bootloader/partition.ts";
import { type MemoryRange, piecesOf, readMemory } from "../../core/openmv_bootloader/read.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { FLASH_BASE } from "./chips.ts";
import { leaveStep, reachStep } from "./reach.ts";
import { withRom } from "./rom.ts";
import { readMs } from "./timing.ts";

/** A range and the name that what is read of it gets. */
interface NamedRange extends MemoryRange {
  readonly name: string;
}

/**
 * Read: through the bootloader, or through the ROM if the camera is there and the ROM can reach it.
 * Without a region or address every partition is read.
 */
export function readSteps(board: Stm32Board, options: JobOptions): Step[] {
  const ranges = rangesOf(board, options);
  return [
    reachStep(board, ranges),
    ...ranges.map((range) => readStep(board, range)),
    leaveStep(board),
  ];
}

function readStep(board: Stm32Board, range: NamedRange): Step {
  return {
    id: `read-${range.name}`,
    title: `Read ${range.name}`,
    weight: readMs(range.length),
    effect: "none",
    async run(bench) {
      const { address, length } = range;
      const bytes = await bench.sighting(["bootloader"])
        ? await readMemory(bench, board.partitions, range)
        : await withRom(bench, (memory) =>
          memory.readRange(address, length, {
            signal: bench.signal,
            onProgress: ({ done, total }) => bench.progress(done, total),
          }));
      bench.output(range.name, bytes);
    },
  };
}

function rangesOf(board: Stm32Board, { region, address, length }: JobOptions): NamedRange[] {
  if (address !== undefined && length !== undefined) {
    const range = { memory: "flash", address, length, name: hex(address) };
    piecesOf(board.partitions, range);
    return [range];
  }
  const regions = regionsOf(board);
  if (region === undefined) return regions.filter(({ name }) => name !== "flash");
  const found = regions.find(({ name }) => name === region.toLowerCase());
  if (found) return [found];
  throw new UnbrickError(
    "usage",
    `The ${board.name} has no region "${region}"; it has ${
      regions.map((one) => one.name).join(", ")
    }.`,
    { region, board: board.id },
  );
}

/** The partitions by their names in small letters, and `flash` for all of the chip's own. */
function regionsOf({ partitions, processor }: Stm32Board): NamedRange[] {
  const length = processor.sectors.reduce((sum, size) => sum + size, 0);
  return [
    { name: "flash", memory: "flash", address: FLASH_BASE, length },
    ...partitions.map((partition) => ({
      name: partition.name.toLowerCase(),
      memory: partition.memory,
      address: partition.start,
      length: partitionSize(partition),
    })),
  ];
}
