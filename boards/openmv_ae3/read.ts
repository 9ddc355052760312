import { UnbrickError } from "../../core/errors.ts";
import type { JobOptions } from "../../core/family.ts";
import { hex } from "../../core/format.ts";
import { partitionSize } from "../../core/openmv_bootloader/partition.ts";
import { type MemoryRange, piecesOf, readMemory } from "../../core/openmv_bootloader/read.ts";
import { leaveBootloader } from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { ae3, partitions } from "./boards.ts";
import { enterBootloader } from "./flash.ts";
import { readMs } from "./timing.ts";

/** A range and the name that what is read of it gets. */
interface NamedRange extends MemoryRange {
  readonly name: string;
}

/** A partition goes by its name in small letters; `mram` is the whole application area. */
const regions: readonly NamedRange[] = [
  { name: "mram", memory: "mram", address: 0x8000_0000, length: 0x58_0000 },
  ...partitions.map((partition) => ({
    name: partition.name.toLowerCase(),
    memory: partition.memory,
    address: partition.start,
    length: partitionSize(partition),
  })),
];

/** Read: through the camera's bootloader. */
export function readSteps(options: JobOptions): Step[] {
  return [enterBootloader([]), ...rangesOf(options).map(readStep), leaveStep()];
}

/** Last step of jobs that only read: the camera goes on as if nothing had been. */
export function leaveStep(): Step {
  return {
    id: "leave",
    title: "Let the camera go",
    weight: 500,
    effect: "none",
    run: (bench) => leaveBootloader(bench, partitions),
  };
}

function readStep(range: NamedRange): Step {
  return {
    id: `read-${range.name}`,
    title: `Read ${range.name}`,
    weight: readMs(range.length),
    effect: "none",
    async run(bench) {
      bench.output(range.name, await readMemory(bench, partitions, range));
    },
  };
}

function rangesOf({ region, address, length }: JobOptions): readonly NamedRange[] {
  if (address !== undefined && length !== undefined) {
    const memory = address >= 0x8000_0000 ? "mram" : "ospi";
    const range = { memory, address, length, name: hex(address) };
    piecesOf(partitions, range);
    return [range];
  }
  if (region === undefined) return regions.filter(({ name }) => name !== "mram");
  const found = regions.find(({ name }) => name === region.toLowerCase());
  if (found) return [found];
  throw new UnbrickError(
    "usage",
    `The ${ae3.name} has no region "${region}"; it has ${
      regions.map(({ name }) => name).join(", ")
    }.`,
    { region, board: ae3.id },
  );
}
