import type { BoardFamily } from "../../core/family.ts";
import { ae3 } from "./boards.ts";
import { SimulatedAe3 } from "./camera.ts";
import { flashSteps } from "./flash.ts";
import { readSteps } from "./read.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { restoreSteps } from "./restore.ts";
import { verifySteps } from "./verify.ts";

/** OpenMV AE3. README.md tells the whole story. */
export const openmvAe3: BoardFamily = {
  id: familyId,
  boards: [ae3],
  usbIds,
  recognise,
  plan(job, board, images, options) {
    const steps = {
      restore: () => restoreSteps(images, options),
      flash: () => flashSteps(images, options),
      read: () => readSteps(options),
      verify: () => verifySteps(images),
    }[job]();
    return { job, board, steps };
  },
  simulate: (_board, options) => new SimulatedAe3(options),
};
