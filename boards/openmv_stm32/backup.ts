import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import { backupSteps as saveSteps } from "../../core/plan/backup_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { reachStep } from "./reach.ts";
import { sources } from "./saving.ts";

/**
 * Returns the steps of `backup`: everything through the bootloader, or what the ROM can read if the
 * camera is in it.
 */
export function backupSteps(_: BoardImages, { backup }: JobOptions, board: Stm32Board): Step[] {
  return [
    reachStep(board, []),
    ...saveSteps(backup!, sources(board)),
    leaveStep(board.partitions),
  ];
}
