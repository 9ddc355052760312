import { text } from "../../core/common/text.ts";
import type { Consent } from "../../core/plan/operator.ts";

/** Without this consent of an expert, unbrick does not change a protected chip. */
export const unlockConsent: Consent = {
  id: "unlock-erases-all",
  text: text`Remove the chip's protection? This erases its whole flash: firmware, files and
      everything else in it are lost.`,
  word: "erase",
};
