import { UnbrickError } from "../../core/common/errors.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { unmarkedImage } from "../../core/plan/consents.ts";
import { boards, portentaBoard } from "./boards.ts";
import { checkImages } from "./check_images.ts";
import { flashSteps } from "./flash.ts";
import { SimulatedArduino } from "./model.ts";
import { readSteps, verifySteps } from "./read.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { arduinoTraps } from "./traps.ts";
import { text } from "../../core/common/text.ts";

/** Arduino boards that run OpenMV. README.md tells the whole story. */
export const arduino: BoardFamily = {
  id: familyId,
  boards,
  usbIds,
  recognise,
  plan(job, board, images, options) {
    const support = board.jobs[job];
    const ours = portentaBoard(board);
    if (support !== true || !ours || job === "restore") {
      const reason = support === true ? text`The ${board.name} has no ${job}.` : support.refused;
      throw new UnbrickError("wrong-board", reason, { board: board.id, job });
    }
    const steps = {
      flash: () => flashSteps(ours, images, options),
      read: () => readSteps(ours, options),
      verify: () => verifySteps(ours, images),
    }[job]();
    return { job, board, steps, images };
  },
  checkImages(board, images) {
    const ours = portentaBoard(board);
    return ours ? checkImages(ours, images) : { written: images, needs: [] };
  },
  consents: [unmarkedImage],
  traps: { ...arduinoTraps },
  simulate(board, options) {
    const ours = portentaBoard(board);
    if (ours) return new SimulatedArduino(ours, options);
    throw new UnbrickError("usage", text`There is no simulated ${board.name}.`, {
      board: board.id,
    });
  },
};
