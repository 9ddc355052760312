import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import type { CatchOptions } from "../../core/openmv_bootloader/catch.ts";
import { neededPartitions, writeSteps } from "../../core/openmv_bootloader/contents.ts";
import { catchStep, startStep } from "../../core/openmv_bootloader/steps.ts";
import { text } from "../../core/common/text.ts";
import type { Step } from "../../core/plan/step.ts";
import { saveBeforeFlash } from "./saving.ts";
import { replugActions, type Stm32Board } from "./boards.ts";
import { contentsOf } from "./contents.ts";

/** Describes how to catch a camera of this family in its bootloader. */
export function catchOptions(board: Stm32Board): CatchOptions {
  return {
    partitions: board.partitions,
    replug: replugActions,
    leaveRecovery: board.afterActions,
    stillInRecovery:
      text`The camera came back in its ROM bootloader: the jumper between BOOT and RST is still
        there.`,
  };
}

/** Returns the steps of `flash`: catch the camera in its bootloader, write, start it again. */
export function flashSteps(images: BoardImages, options: JobOptions, board: Stm32Board): Step[] {
  const camera = contentsOf(board);
  const steps = writeSteps(camera, images, options);
  const needs = neededPartitions(camera, images, options);
  return [
    catchStep({ ...catchOptions(board), needs }),
    ...saveBeforeFlash(options, board),
    ...steps,
    startStep(catchOptions(board)),
  ];
}
