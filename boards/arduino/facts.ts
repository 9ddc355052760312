import type { FamilyFacts } from "../../core/family/family.ts";
import {
  otherCamera,
  overwriteOtaApp,
  overwriteRomfs,
  partialBackup,
  unmarkedImage,
} from "../../core/plan/consents.ts";
import { boards } from "./boards.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { arduinoTraps } from "./traps.ts";

export const arduinoFacts: FamilyFacts = {
  id: familyId,
  boards,
  usbIds,
  recognise,
  consents: [otherCamera, partialBackup, unmarkedImage, overwriteRomfs, overwriteOtaApp],
  traps: { ...arduinoTraps },
};
