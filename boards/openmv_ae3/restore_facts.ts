import type { Proof } from "../../core/plan/proof.ts";
import type { Contact } from "./connection.ts";

/** Contains what the steps of one restore learn for each other. */
export interface RestoreFacts {
  /** The chip that answered last behind the recovery port. */
  contact?: Contact;
  /** True if the camera is already in its bootloader, and bootloader and table are correct. */
  restored?: Proof;
}

/** Key of these facts in `learned`. */
export const restoreFacts = (): RestoreFacts => ({});
