import type { FamilyFacts } from "../../core/family/family.ts";
import {
  otherCamera,
  overwriteOtaApp,
  overwriteRomfs,
  partialBackup,
  unmarkedImage,
} from "../../core/plan/consents.ts";
import { boards } from "./boards.ts";
import { unlockConsent } from "./consents.ts";
import { familyId, recognise, refuse, usbIds } from "./recognise.ts";
import { stm32Traps } from "./traps.ts";

export const stm32Facts: FamilyFacts = {
  id: familyId,
  boards,
  usbIds,
  recognise,
  refuse,
  consents: [
    otherCamera,
    partialBackup,
    unlockConsent,
    unmarkedImage,
    overwriteRomfs,
    overwriteOtaApp,
  ],
  traps: { ...stm32Traps },
};
