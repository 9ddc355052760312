import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { comparePartition } from "../../core/openmv_bootloader/compare.ts";
import { type Compare, compareSteps } from "../../core/openmv_bootloader/contents.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { contentsOf } from "./contents.ts";
import { reachStep } from "./reach.ts";
import { withRom } from "./rom.ts";

/**
 * Returns the steps of `verify`: they compare every given image with the camera and write nothing.
 */
export function verifySteps(images: BoardImages, _: JobOptions, board: Stm32Board): Step[] {
  const { partitions } = board;
  const camera = contentsOf(board);
  const wanted = [...camera.boot, ...camera.contents].filter(({ role }) => images.get(role));
  const compare: Compare = async (context, { name, start }, bytes, onRead) => {
    if (await context.detected(["bootloader"])) {
      return await comparePartition(context, partitions, name, bytes, onRead);
    }
    await withRom(context, (memory) =>
      memory.verifyRange(start, bytes, {
        signal: context.signal,
        onProgress: ({ done, total }) => context.progress(done, total),
        onRead,
      }));
  };
  return [
    reachStep(board, wanted.map(({ partition }) => partitionNamed(partitions, partition))),
    ...compareSteps(camera, images, compare),
    leaveStep(partitions),
  ];
}
