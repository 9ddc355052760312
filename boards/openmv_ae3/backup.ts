import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import { backupSteps as saveSteps } from "../../core/plan/backup_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { partitions } from "./boards.ts";
import { enterBootloader } from "./flash.ts";
import { sources } from "./saving.ts";

/** Returns the steps of `backup`, through the camera's bootloader. */
export function backupSteps(_: BoardImages, { backup }: JobOptions): Step[] {
  return [enterBootloader([]), ...saveSteps(backup!, sources()), leaveStep(partitions)];
}
