import type { BoardImages } from "../../core/image/image.ts";
import { compareSteps } from "../../core/openmv_bootloader/contents.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { partitions } from "./boards.ts";
import { camera } from "./contents.ts";
import { enterBootloader } from "./flash.ts";

/**
 * Returns the steps of `verify`: they compare every given image with the camera and write nothing.
 */
export function verifySteps(images: BoardImages): Step[] {
  return [enterBootloader([]), ...compareSteps(camera, images), leaveStep(partitions)];
}
