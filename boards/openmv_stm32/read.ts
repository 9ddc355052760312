import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { readMemory } from "../../core/openmv_bootloader/read.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import { type ReadableCamera, wantedRanges } from "../../core/openmv_bootloader/wanted_ranges.ts";
import { readStep } from "../../core/plan/read_only_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { FLASH_BASE, flashSize } from "./chips.ts";
import { reachStep } from "./reach.ts";
import { withRom } from "./rom.ts";
import { readMs } from "./timing.ts";

/**
 * Returns the steps of `read`: through the bootloader, or through the ROM if the camera is in it
 * and it can read the data. Without a region or address every partition is read.
 */
export function readSteps(_: BoardImages, options: JobOptions, board: Stm32Board): Step[] {
  const { partitions } = board;
  const ranges = wantedRanges(readable(board), options);
  return [
    reachStep(board, ranges),
    ...ranges.map((range) =>
      readStep(range.name, readMs(range.length), async (context) => {
        if (await context.detected(["bootloader"])) {
          return await readMemory(context, partitions, range);
        }
        return await withRom(context, (memory) =>
          memory.readRange(range.address, range.length, {
            signal: context.signal,
            onProgress: ({ done, total }) => context.progress(done, total),
          }));
      })
    ),
    leaveStep(partitions),
  ];
}

/** Returns what can be read: `flash` is the chip's whole flash; addresses are the chip's. */
function readable(board: Stm32Board): ReadableCamera {
  return {
    board,
    partitions: board.partitions,
    whole: {
      name: "flash",
      memory: "flash",
      address: FLASH_BASE,
      length: flashSize(board.processor),
    },
    memoryAt: () => "flash",
  };
}
