import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { catchBootloader, type CatchOptions } from "../../core/openmv_bootloader/catch.ts";
import { refuseMissingPartitions, startStep } from "../../core/openmv_bootloader/steps.ts";
import { text } from "../../core/common/text.ts";
import { planPutBack } from "../../core/openmv_bootloader/put_back.ts";
import { sameCameraStep } from "../../core/plan/put_back_steps.ts";
import { camera } from "./contents.ts";
import type { Step } from "../../core/plan/step.ts";
import { saveBeforeFlash } from "./saving.ts";
import { ae3, partitions, replugActions } from "./boards.ts";
import { bindAnswering } from "./enclave.ts";
import { firmwarePartitions, firmwareSteps } from "./firmware_steps.ts";

/** Describes how to catch the camera in its bootloader. */
export const catchOptions: CatchOptions = {
  partitions,
  replug: replugActions,
  leaveRecovery: ae3.afterActions,
  stillInRecovery:
    text`The camera came back on its recovery port: the recovery switch is still on.`,
};

/** Returns the steps of `flash`: catch the camera in its bootloader, write, start it again. */
export function flashSteps(images: BoardImages, options: JobOptions): Step[] {
  const steps = firmwareSteps(images, options);
  return [
    enterBootloader(firmwarePartitions(images, options)),
    ...saveBeforeFlash(options),
    ...steps,
    startStep(catchOptions),
  ];
}

/** Returns the steps of `put-back`: as a flash, with the regions of a backup. */
export function putBackSteps(images: BoardImages, options: JobOptions): Step[] {
  const { writes, needs, leftOut } = planPutBack(camera, images, options.putBack!);
  return [
    enterBootloader(needs),
    sameCameraStep(options.putBack!, leftOut),
    ...writes,
    startStep(catchOptions),
  ];
}

/** Returns the first step of every job except `restore`. */
export function enterBootloader(needs: readonly string[]): Step {
  return {
    id: "enter-bootloader",
    title: text`Bring the camera into its bootloader`,
    weight: 1_500,
    effect: "none",
    async run(context) {
      const isBound = await context.detected(["bootloader", "firmware"]) !== undefined ||
        await bindAnswering(context);
      await catchBootloader(context, {
        ...catchOptions,
        // Unless bound to a port, the run would mistake any cable for a forgotten switch.
        ...(!isBound && { recoveryModes: [] }),
        check: (bootloader) => refuseMissingPartitions(bootloader, needs),
      });
    },
  };
}
