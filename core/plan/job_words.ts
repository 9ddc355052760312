import { type Text, text } from "../common/text.ts";
import type { Job } from "../family/board.ts";

/** What a job is called at the head of a line. */
export const jobTitles: Readonly<Record<Job, Text>> = {
  restore: text`Restore`,
  flash: text`Flash`,
  read: text`Read`,
  verify: text`Verify`,
};

/** What a job is called inside of a sentence. */
export const jobVerbs: Readonly<Record<Job, Text>> = {
  restore: text`restore`,
  flash: text`flash`,
  read: text`read`,
  verify: text`verify`,
};
