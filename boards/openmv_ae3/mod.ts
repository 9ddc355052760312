import { ae3Facts } from "./facts.ts";
import { text } from "../../core/common/text.ts";
import { portOf } from "../../core/device/detected_device.ts";
import { enclaveAnswers } from "./enclave.ts";
import { fieldFacts } from "./field_facts.ts";
import { checkAfterwards, checkSteps } from "../../core/openmv_bootloader/check.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { planner } from "../../core/family/planner.ts";
import { SimulatedAe3 } from "./camera.ts";
import { asWritten, checkImages } from "./check_images.ts";
import { flashSteps, putBackSteps } from "./flash.ts";
import { backupSteps } from "./backup.ts";
import { readSteps } from "./read.ts";
import { restoreSteps } from "./restore.ts";
import { verifySteps } from "./verify.ts";

/** OpenMV AE3. README.md describes it in full. */
export const openmvAe3: BoardFamily = {
  ...ae3Facts,
  async identify(context, detected) {
    const { boardIds, mode } = detected;
    if (mode !== "rom" || await enclaveAnswers(context, detected)) {
      return { boardIds, evidence: [] };
    }
    const evidence = [text`Nothing answers on the serial adapter on port ${portOf(detected)}.`];
    return { boardIds: [], evidence };
  },
  plan: planner({
    steps: {
      restore: restoreSteps,
      flash: flashSteps,
      read: readSteps,
      verify: verifySteps,
      backup: backupSteps,
      "put-back": putBackSteps,
      check: checkSteps,
    },
    afterwards: checkAfterwards,
    own: (board) => board,
    asWritten,
  }),
  checkImages: (_board, images) => checkImages(images),
  fieldFacts,
  simulate: (_board, options) => new SimulatedAe3(options),
};
