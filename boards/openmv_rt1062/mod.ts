import { rt1062Facts } from "./facts.ts";
import { fieldFacts } from "./field_facts.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { CameraModel } from "./camera_model.ts";
import { plan } from "./plans.ts";
import { checkImages } from "./validate.ts";

/** OpenMV Cam RT1062: i.MX ROM, RAM flashloader, resident SBL. */
export const openmvRt1062: BoardFamily = {
  ...rt1062Facts,
  plan,
  checkImages: (_board, images) => checkImages(images),
  fieldFacts,
  simulate: (_board, options) => new CameraModel(options),
};
