import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { neededPartitions, writeSteps } from "../../core/openmv_bootloader/contents.ts";
import { catchStep, startStep } from "../../core/openmv_bootloader/steps.ts";
import { planPutBack } from "../../core/openmv_bootloader/put_back.ts";
import { sameCameraStep } from "../../core/plan/put_back_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { catchOptions } from "./catch_options.ts";
import { camera } from "./contents.ts";
import { saveBeforeFlash } from "./read.ts";
import { againstTheLoop } from "./reset_loop.ts";

/** Returns the steps of `flash`: catch the camera in its bootloader, write, start it again. */
export function flashSteps(images: BoardImages, options: JobOptions): Step[] {
  const steps = firmwareSteps(images, options);
  const needs = neededPartitions(camera, images, options);
  return [
    catchStep({ ...catchOptions, needs }),
    ...saveBeforeFlash(options),
    ...steps,
    startStep(catchOptions),
  ];
}

/** Returns the steps of `put-back`: as a flash, with the regions of a backup. */
export function putBackSteps(images: BoardImages, options: JobOptions): Step[] {
  const { writes, needs, leftOut } = planPutBack(camera, images, options.putBack!);
  return [
    catchStep({ ...catchOptions, needs }),
    sameCameraStep(options.putBack!, leftOut),
    ...writes.map((step) => step.id === "firmware" ? againstTheLoop(step) : step),
    startStep(catchOptions),
  ];
}

/**
 * Returns the writing steps; the firmware's step first parks a camera that is in the reset loop.
 */
export function firmwareSteps(images: BoardImages, options: JobOptions): Step[] {
  return writeSteps(camera, images, options).map((step) =>
    step.id === "firmware" ? againstTheLoop(step) : step
  );
}
