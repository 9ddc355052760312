import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { neededPartitions, writeSteps } from "../../core/openmv_bootloader/contents.ts";
import type { Step } from "../../core/plan/step.ts";
import { recoveryPartition } from "./boards.ts";
import { camera } from "./contents.ts";
import { everspinConsent } from "./consents.ts";
import { resetMemoryStep, withEverspinAdvice } from "./everspin.ts";

/** The steps that `flash` and `restore` share: writing through the camera's bootloader. */

/** Ids of the steps that write to the memory beside the chip. */
const inMemoryBesideChip = ["erase-filesystem", "romfs0"];

const resetsMemory = ({ allow }: JobOptions) => allow?.includes(everspinConsent.id) ?? false;

export function firmwareSteps(images: BoardImages, options: JobOptions): Step[] {
  const steps = writeSteps(camera, images, options)
    .map((step) => inMemoryBesideChip.includes(step.id) ? withEverspinAdvice(step) : step);
  return resetsMemory(options) ? [resetMemoryStep(images.get("romfs0")), ...steps] : steps;
}

/** Returns the names of the partitions that `firmwareSteps` writes. */
export function firmwarePartitions(images: BoardImages, options: JobOptions): readonly string[] {
  const needed = neededPartitions(camera, images, options);
  return resetsMemory(options) ? [...needed, recoveryPartition.name] : needed;
}
