import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { catchBootloader } from "../../core/openmv_bootloader/catch.ts";
import { planPutBack } from "../../core/openmv_bootloader/put_back.ts";
import { catchStep, startStep } from "../../core/openmv_bootloader/steps.ts";
import { sameCameraStep } from "../../core/plan/put_back_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { contentsOf } from "./contents.ts";
import { text } from "../../core/common/text.ts";
import { catchOptions } from "./flash.ts";
import { bootloaderSteps } from "./restore.ts";

/**
 * Returns the step that sends a running camera into its bootloader: it shows the whole id of the chip,
 * which the ROM of an H7 does not, and a bootloader that is the right one already spares the ROM.
 */
function showBootloader(board: Stm32Board): Step {
  return {
    id: "show-bootloader",
    title: text`Bring a running camera into its bootloader`,
    weight: 500,
    effect: "none",
    async run(context) {
      if (await context.detected(["firmware"])) await catchBootloader(context, catchOptions(board));
    },
  };
}

/**
 * Returns the steps of `put-back`: the bootloader as in a restore, unless the camera has it already; the
 * rest through it.
 */
export function putBackSteps(
  images: BoardImages,
  options: JobOptions,
  board: Stm32Board,
): Step[] {
  const putBack = options.putBack!;
  const { writes, needs, leftOut, bootloader } = planPutBack(contentsOf(board), images, putBack, {
    canWriteBootloader: true,
  });
  const same = sameCameraStep(putBack, leftOut);
  const caught = catchOptions(board);
  if (!bootloader) {
    return [catchStep({ ...caught, needs }), same, ...writes, startStep(caught)];
  }
  const [enter, ...steps] = bootloaderSteps(board, bootloader, options, needs);
  return [showBootloader(board), enter, same, ...steps, ...writes, startStep(caught)];
}
