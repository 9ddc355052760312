import { checkAfterwards, checkSteps } from "../../core/openmv_bootloader/check.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { planner } from "../../core/family/planner.ts";
import { stm32Facts } from "./facts.ts";
import { backupSteps } from "./backup.ts";
import { stm32Board } from "./boards.ts";
import { asWritten, checkImages } from "./check_images.ts";
import { fieldFacts } from "./field_facts.ts";
import { flashSteps } from "./flash.ts";
import { identify } from "./identify.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { putBackSteps } from "./put_back.ts";
import { readSteps } from "./read.ts";
import { restoreSteps } from "./restore.ts";
import { verifySteps } from "./verify.ts";

/** OpenMV Cam M4, M7, H7, H7 Plus and Pure Thermal. README.md describes it in full. */
export const openmvStm32: BoardFamily = {
  ...stm32Facts,
  identify,
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
    own: stm32Board,
    asWritten,
  }),
  checkImages: (board, images) => checkImages(stm32Board(board), images),
  fieldFacts: (board) => fieldFacts(stm32Board(board)),
  simulate: (board, options) => new SimulatedStm32Camera(stm32Board(board), options),
};
