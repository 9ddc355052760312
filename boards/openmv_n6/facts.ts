import type { FamilyFacts } from "../../core/family/family.ts";
import {
  otherCamera,
  overwriteOtaApp,
  overwriteRomfs,
  partialBackup,
} from "../../core/plan/consents.ts";
import { board } from "./boards.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { n6Traps } from "./traps.ts";

export const n6Facts: FamilyFacts = {
  id: familyId,
  boards: [board],
  usbIds,
  recognise,
  consents: [otherCamera, partialBackup, overwriteRomfs, overwriteOtaApp],
  traps: { ...n6Traps },
};
