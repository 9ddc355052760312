import { type Text, text } from "../common/text.ts";
import type { Job } from "../family/board.ts";

/** Names of the jobs at the start of a line. */
export const jobTitles: Readonly<Record<Job, Text>> = {
  restore: text`Restore`,
  flash: text`Flash`,
  read: text`Read`,
  verify: text`Verify`,
  backup: text`Back up`,
  "put-back": text`Put back`,
  check: text`Check`,
  look: text`Look at`,
};

/** Names of the jobs inside a sentence. */
export const jobVerbs: Readonly<Record<Job, Text>> = {
  restore: text`restore`,
  flash: text`flash`,
  read: text`read`,
  verify: text`verify`,
  backup: text`back up`,
  "put-back": text`put back`,
  check: text`check`,
  look: text`look at`,
};
