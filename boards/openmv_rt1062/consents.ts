import { text } from "../../core/common/text.ts";
import type { Consent } from "../../core/plan/operator.ts";

/** Burns the boot-source fuse (imxrt-sdp-flashloader.md C8). */
export const bootSourceConsent: Consent = {
  id: "boot-source",
  text: text`Burn the boot-source fuse (word 6, bit 4), so that the chip starts from its flash? This
      can never be undone. Each camera needs it once; without it, the camera stays in recovery
      mode.`,
  word: "BURN",
  isFuse: true,
};
