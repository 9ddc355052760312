import type { ErrorKind } from "../../common/errors.ts";
import { text, type Words } from "../../common/text.ts";

/** Errors that plainly come of what the user asked for, or chose. */
const OF_THE_USER: readonly ErrorKind[] = [
  "usage",
  "not-found",
  "bad-image",
  "wrong-board",
  "consent-needed",
  "cancelled",
];

/** Returns how a run that failed is sent to somebody; nothing if it was not kept, or needs no help. */
export function keptAdvice({ kind }: { readonly kind: ErrorKind }, isKept: boolean): Words[] {
  return isKept && !OF_THE_USER.includes(kind)
    ? [text`To ask for help, make a file to send: unbrick runs export -o run.zip`]
    : [];
}
