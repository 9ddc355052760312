import type { FamilyFacts } from "../../core/family/family.ts";
import {
  otherCamera,
  overwriteOtaApp,
  overwriteRomfs,
  partialBackup,
} from "../../core/plan/consents.ts";
import { rt1062 } from "./boards.ts";
import { bootSourceConsent } from "./consents.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { rt1062Traps } from "./traps.ts";

export const rt1062Facts: FamilyFacts = {
  id: familyId,
  boards: [rt1062],
  usbIds,
  recognise,
  consents: [otherCamera, partialBackup, bootSourceConsent, overwriteRomfs, overwriteOtaApp],
  traps: { ...rt1062Traps },
};
