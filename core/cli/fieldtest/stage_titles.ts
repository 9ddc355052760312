import { type Text, text } from "../../common/text.ts";
import type { StageId } from "./stage_id.ts";

/** Names of the stages at the start of a line. */
export const stageTitles: Readonly<Record<StageId, Text>> = {
  "look": text`Look`,
  "check": text`Check`,
  "read": text`Read twice`,
  "verify": text`Verify`,
  "flash": text`Flash`,
  "interrupt-read": text`Interrupt reading`,
  "interrupt-flash": text`Interrupt flashing`,
  "restore": text`Restore`,
  "interrupt-restore": text`Interrupt restoring`,
  "two-cameras": text`Two cameras`,
};
