import { catchBootloader } from "../../core/openmv_bootloader/catch.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { catchOptions } from "./flash.ts";
import { text } from "../../core/common/text.ts";

/**
 * Returns the first step of jobs that only read: the ROM is enough if the camera is in it and all
 * the data is inside the chip; otherwise the camera is caught in its bootloader.
 */
export function reachStep(board: Stm32Board, wanted: readonly { readonly memory: string }[]): Step {
  const romWillDo = wanted.every(({ memory }) => memory === "flash");
  return {
    id: "reach",
    title: text`Find the camera in a bootloader`,
    weight: 500,
    effect: "none",
    async run(context) {
      const isInRom = await context.detected(["rom"]) !== undefined;
      if (!isInRom || !romWillDo) await catchBootloader(context, catchOptions(board));
    },
  };
}
