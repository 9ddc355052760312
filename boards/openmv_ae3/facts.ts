import type { FamilyFacts } from "../../core/family/family.ts";
import {
  otherCamera,
  overwriteOtaApp,
  overwriteRomfs,
  partialBackup,
  unmarkedImage,
} from "../../core/plan/consents.ts";
import { ae3 } from "./boards.ts";
import { everspinConsent } from "./consents.ts";
import { familyId, recognise, usbIds } from "./recognise.ts";
import { ae3Traps } from "./traps.ts";

export const ae3Facts: FamilyFacts = {
  id: familyId,
  boards: [ae3],
  usbIds,
  recognise,
  consents: [
    otherCamera,
    partialBackup,
    everspinConsent,
    unmarkedImage,
    overwriteRomfs,
    overwriteOtaApp,
  ],
  traps: { ...ae3Traps },
};
