import { fieldFacts } from "./field_facts.ts";
import { otherCamera } from "../../core/plan/put_back_steps.ts";
import { portOf } from "../../core/device/detected_device.ts";
import { checkAfterwards, checkSteps } from "../../core/openmv_bootloader/check.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { planner } from "../../core/family/planner.ts";
import { partialBackup } from "../../core/plan/save_first.ts";
import { overwriteOtaApp, overwriteRomfs, unmarkedImage } from "../../core/plan/consents.ts";
import { ae3 } from "./boards.ts";
import { SimulatedAe3 } from "./camera.ts";
import { asWritten, checkImages } from "./check_images.ts";
import { enclaveAnswers } from "./enclave.ts";
import { everspinConsent } from "./everspin.ts";
import { flashSteps, putBackSteps } from "./flash.ts";
import { backupSteps } from "./backup.ts";
import { readSteps } from "./read.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { restoreSteps } from "./restore.ts";
import { verifySteps } from "./verify.ts";
import { ae3Traps } from "./traps.ts";
import { text } from "../../core/common/text.ts";

/** OpenMV AE3. README.md describes it in full. */
export const openmvAe3: BoardFamily = {
  id: familyId,
  boards: [ae3],
  usbIds,
  recognise,
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
  consents: [
    otherCamera,
    partialBackup,
    everspinConsent,
    unmarkedImage,
    overwriteRomfs,
    overwriteOtaApp,
  ],
  traps: { ...ae3Traps },
  fieldFacts,
  simulate: (_board, options) => new SimulatedAe3(options),
};
