import { text } from "../../core/common/text.ts";
import type { Consent } from "../../core/plan/operator.ts";
import { ae3 } from "./boards.ts";

/** Wipes the memory of a special build (everspin.ts). */
export const everspinConsent: Consent = {
  id: "everspin-reset",
  text:
    text`Reset the Everspin memory beside the chip of a special build of the ${ae3.name}. It wipes the
    file system and the M55-HP ROMFS.`,
};
