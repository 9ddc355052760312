import { n6Facts } from "./facts.ts";
import { fieldFacts } from "./field_facts.ts";
import { checkAfterwards, checkSteps } from "../../core/openmv_bootloader/check.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { planner } from "../../core/family/planner.ts";
import { asWritten, checkImages } from "./check_images.ts";
import { SimulatedN6 } from "./model.ts";
import { flashSteps, putBackSteps } from "./flash.ts";
import { backupSteps, readSteps } from "./read.ts";
import { restoreSteps } from "./restore.ts";
import { verifySteps } from "./verify.ts";

/** The OpenMV N6. README.md describes it in full. */
export const openmvN6: BoardFamily = {
  ...n6Facts,
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
  simulate: (_board, options) => new SimulatedN6(options),
};
