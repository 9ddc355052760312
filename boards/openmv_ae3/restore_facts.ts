import type { Proof } from "../../core/plan/proof.ts";
import type { Contact } from "./connection.ts";

/** What the steps of one restore learn from each other. */
export interface RestoreFacts {
  /** Who answered last behind the recovery port. */
  contact?: Contact;
  /** The camera is in its bootloader already, and bootloader and table are the wanted ones. */
  restored?: Proof;
}

/** Key of these facts in `learned`. */
export const restoreFacts = (): RestoreFacts => ({});
