import { fieldFacts } from "./field_facts.ts";
import { otherCamera } from "../../core/plan/put_back_steps.ts";
import { partialBackup } from "../../core/plan/save_first.ts";
import { overwriteOtaApp, overwriteRomfs } from "../../core/plan/consents.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { bootSourceConsent } from "./fuse.ts";
import { rt1062 } from "./boards.ts";
import { CameraModel } from "./camera_model.ts";
import { plan } from "./plans.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { checkImages } from "./validate.ts";
import { rt1062Traps } from "./traps.ts";

/** OpenMV Cam RT1062: i.MX ROM, RAM flashloader, resident SBL. */
export const openmvRt1062: BoardFamily = {
  id: familyId,
  boards: [rt1062],
  usbIds,
  recognise,
  plan,
  checkImages: (_board, images) => checkImages(images),
  consents: [otherCamera, partialBackup, bootSourceConsent, overwriteRomfs, overwriteOtaApp],
  traps: { ...rt1062Traps },
  fieldFacts,
  simulate: (_board, options) => new CameraModel(options),
};
