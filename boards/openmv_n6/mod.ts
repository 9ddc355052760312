import { fieldFacts } from "./field_facts.ts";
import { otherCamera } from "../../core/plan/put_back_steps.ts";
import { overwriteOtaApp, overwriteRomfs } from "../../core/plan/consents.ts";
import { checkAfterwards, checkSteps } from "../../core/openmv_bootloader/check.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { planner } from "../../core/family/planner.ts";
import { partialBackup } from "../../core/plan/save_first.ts";
import { board } from "./boards.ts";
import { asWritten, checkImages } from "./check_images.ts";
import { SimulatedN6 } from "./model.ts";
import { flashSteps, putBackSteps } from "./flash.ts";
import { backupSteps, readSteps } from "./read.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { restoreSteps } from "./restore.ts";
import { verifySteps } from "./verify.ts";
import { n6Traps } from "./traps.ts";

/** The OpenMV N6. README.md describes it in full. */
export const openmvN6: BoardFamily = {
  id: familyId,
  boards: [board],
  usbIds,
  recognise,
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
  consents: [otherCamera, partialBackup, overwriteRomfs, overwriteOtaApp],
  traps: { ...n6Traps },
  fieldFacts,
  simulate: (_board, options) => new SimulatedN6(options),
};
