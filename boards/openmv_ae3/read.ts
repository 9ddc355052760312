import { MRAM_BASE, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { readMemory } from "../../core/openmv_bootloader/read.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import { type ReadableCamera, wantedRanges } from "../../core/openmv_bootloader/wanted_ranges.ts";
import { readStep } from "../../core/plan/read_only_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { ae3, partitions } from "./boards.ts";
import { enterBootloader } from "./flash.ts";
import { readMs } from "./timing.ts";

/** What can be read; `mram` is the whole application area. */
const camera: ReadableCamera = {
  board: ae3,
  partitions,
  whole: { name: "mram", memory: "mram", address: MRAM_BASE, length: SYSTEM_BASE - MRAM_BASE },
  memoryAt: (address) => address >= MRAM_BASE ? "mram" : "ospi",
};

/** Returns the steps of `read`, through the camera's bootloader. */
export function readSteps(_: BoardImages, options: JobOptions): Step[] {
  return [
    enterBootloader([]),
    ...wantedRanges(camera, options).map((range) =>
      readStep(
        range.name,
        readMs(range.length),
        (context) => readMemory(context, partitions, range),
      )
    ),
    leaveStep(partitions),
  ];
}
