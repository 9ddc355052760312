import { type ErrorData, type ErrorKind, UnbrickError } from "../../core/common/errors.ts";

/** IOReturn values that hidapi puts into its messages as (0xE00002C5), from IOKit's IOReturn.h and USB.h. */
const meanings: Readonly<Record<string, [ErrorKind, (subject: string) => string]>> = {
  E00002C0: ["disconnected", (subject) => `The connection to ${subject} is gone: it left the bus.`],
  E00002C1: ["permission", (subject) => `This user may not open ${subject}.`],
  E00002C5: ["busy", (subject) => `Another program holds ${subject}.`],
  E00002D6: ["timeout", (subject) => `No answer in time from ${subject}.`],
  E00002D8: ["disconnected", (subject) => `${capital(subject)} is not ready any more.`],
  E00002E2: ["permission", (subject) => `macOS does not permit unbrick to use ${subject}.`],
  E00002ED: ["timeout", (subject) => `No answer from ${subject}.`],
  E000404F: ["stalled", (subject) => `A request was refused (STALL) by ${subject}.`],
};

/** The error for what hidapi said in words about `subject` (the device, in words). */
export function hidError(said: string, subject: string, data: ErrorData = {}): UnbrickError {
  const code = /\(0x([0-9A-F]{8})\)/i.exec(said)?.[1].toUpperCase();
  const all = { ...data, hidapi: said, ...(code && { code: `0x${code}` }) };
  const meaning = code === undefined ? undefined : meanings[code];
  if (meaning) return new UnbrickError(meaning[0], meaning[1](subject), all);
  if (/disconnected|shutdown|not found|waiting for more data/i.test(said)) {
    const message = `The connection to ${subject} is gone: it left the bus.`;
    return new UnbrickError("disconnected", message, all);
  }
  return new UnbrickError("driver", `macOS failed to handle ${subject}.`, all);
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
