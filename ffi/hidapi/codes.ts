import { type ErrorData, type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import { text, type Words } from "../../core/common/text.ts";

/** IOReturn values that hidapi puts into its messages as (0xE00002C5), from IOKit's IOReturn.h and USB.h. */
const meanings: Readonly<Record<string, [ErrorKind, (subject: Words) => Words]>> = {
  E00002C0: [
    "disconnected",
    (subject) => text`The connection to ${subject} is lost: it disconnected.`,
  ],
  E00002C1: ["permission", (subject) => text`This user is not allowed to open ${subject}.`],
  E00002C5: ["busy", (subject) => text`Another program is using ${subject}.`],
  E00002D6: ["timeout", (subject) => text`No answer in time from ${subject}.`],
  E00002D8: ["disconnected", (subject) => text`The device is no longer ready: ${subject}.`],
  E00002E2: [
    "permission",
    (subject) => text`The privacy settings of macOS do not allow unbrick to use ${subject}.`,
  ],
  E00002ED: ["timeout", (subject) => text`No answer from ${subject}.`],
  E000404F: ["stalled", (subject) => text`A request was refused (STALL) by ${subject}.`],
};

/** What the privacy system of macOS answers (kIOReturnNotPermitted, host-systems.md 4.1). */
const NOT_PERMITTED = "E00002E2";

/** Returns the error for a message of hidapi about `subject` (the device, in words). */
export function hidError(said: string, subject: Words, data: ErrorData = {}): UnbrickError {
  const code = /\(0x([0-9A-F]{8})\)/i.exec(said)?.[1].toUpperCase();
  const all = {
    ...data,
    hidapi: said,
    ...(code && { code: `0x${code}` }),
    ...(code === NOT_PERMITTED && { privacyPane: "Input Monitoring" }),
  };
  const meaning = code === undefined ? undefined : meanings[code];
  if (meaning) return new UnbrickError(meaning[0], meaning[1](subject), all);
  if (/disconnected|shutdown|not found|waiting for more data/i.test(said)) {
    const message = text`The connection to ${subject} is lost: it disconnected.`;
    return new UnbrickError("disconnected", message, all);
  }
  return new UnbrickError("driver", text`macOS failed to handle ${subject}.`, all);
}
