import type { CatchOptions } from "../../core/openmv_bootloader/catch.ts";
import { board, partitions, replugActions } from "./boards.ts";
import { text } from "../../core/common/text.ts";

/** Describes how to catch the camera in its bootloader. */
export const catchOptions: CatchOptions = {
  partitions,
  replug: replugActions,
  leaveRecovery: board.afterActions,
  recoveryModes: ["rom", "flashloader"],
  stillInRecovery:
    text`The camera came back in its ROM bootloader: the jumper between BOOT and VCC is still there,
      or there is no bootloader that the chip would start.`,
};
