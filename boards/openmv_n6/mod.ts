import type { BoardFamily } from "../../core/family/family.ts";
import { board } from "./boards.ts";
import { asWritten, checkImages } from "./check_images.ts";
import { SimulatedN6 } from "./model.ts";
import { flashSteps } from "./flash.ts";
import { readSteps } from "./read.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { restoreSteps } from "./restore.ts";
import { verifySteps } from "./verify.ts";
import { n6Traps } from "./traps.ts";

/** The OpenMV N6. README.md tells the whole story. */
export const openmvN6: BoardFamily = {
  id: familyId,
  boards: [board],
  usbIds,
  recognise,
  plan(job, board, given, options) {
    const images = asWritten(given);
    const steps = {
      restore: () => restoreSteps(images, options),
      flash: () => flashSteps(images, options),
      read: () => readSteps(options),
      verify: () => verifySteps(images),
    }[job]();
    return { job, board, steps, images };
  },
  checkImages: (_board, images) => checkImages(images),
  traps: { ...n6Traps },
  simulate: (_board, options) => new SimulatedN6(options),
};
