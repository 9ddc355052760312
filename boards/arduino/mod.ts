import { checkAfterwards, checkSteps } from "../../core/openmv_bootloader/check.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { planner } from "../../core/family/planner.ts";
import { arduinoFacts } from "./facts.ts";
import { backupSteps } from "./backup.ts";
import { portentaBoard } from "./boards.ts";
import { checkImages } from "./check_images.ts";
import { fieldFacts } from "./field_facts.ts";
import { flashSteps } from "./flash.ts";
import { SimulatedArduino } from "./model.ts";
import { putBackSteps } from "./put_back.ts";
import { readSteps, verifySteps } from "./read.ts";
import { text } from "../../core/common/text.ts";

/** Arduino boards that run OpenMV. README.md describes it in full. */
export const arduino: BoardFamily = {
  ...arduinoFacts,
  plan: planner({
    steps: {
      flash: flashSteps,
      read: readSteps,
      verify: verifySteps,
      backup: backupSteps,
      "put-back": putBackSteps,
      check: checkSteps,
    },
    afterwards: checkAfterwards,
    own: (board) => portentaBoard(board)!, // the others offer no job
  }),
  checkImages(board, images) {
    const ours = portentaBoard(board);
    return ours ? checkImages(ours, images) : { written: images, needs: [] };
  },
  fieldFacts(board) {
    const ours = portentaBoard(board);
    return ours ? fieldFacts(ours) : [];
  },
  simulate(board, options) {
    const ours = portentaBoard(board);
    if (ours) return new SimulatedArduino(ours, options);
    throw new UnbrickError("usage", text`There is no simulated ${board.name}.`, {
      board: board.id,
    });
  },
};
