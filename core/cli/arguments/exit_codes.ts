import { type ErrorKind, exitCodes } from "../../common/errors.ts";
import { columnsOf, padded } from "../terminal/columns.ts";
import { table, wrap } from "../terminal/layout.ts";
import { text, type Words } from "../../common/text.ts";

/** What each exit code means, in one sentence; docs/reference.md has the same table. */
const exitMeanings: Readonly<Record<ErrorKind, Words>> = {
  "bug": text`a defect of unbrick itself`,
  "usage": text`the command line cannot be understood`,
  "not-found": text`no such device, file or image`,
  "permission": text`the system does not let this user open the device`,
  "driver": text`no driver, or the wrong one`,
  "busy": text`another program holds the device`,
  "disconnected": text`the device left the bus in the middle of the work`,
  "timeout": text`a deadline passed`,
  "stalled": text`the device refused a transfer`,
  "protocol": text`the device answered what the protocol does not allow`,
  "device-status": text`the device reported a named error`,
  "wrong-board":
    text`device or image belongs to another board, or the board does not offer the job`,
  "bad-image": text`a file is damaged or cannot be what it is given for`,
  "protected": text`the chip is protected against reading or writing`,
  "verify-failed": text`what was read back is not what was written`,
  "consent-needed": text`an answer or a consent was needed that nobody could give`,
  "cancelled": text`stopped by the user`,
};
const DONE = text`done, and proven by the camera`;

/** Code, kind (empty for 0) and meaning of every exit code, in order. */
export function exitCodeRows(): (readonly [code: string, kind: string, meaning: Words])[] {
  const kinds = Object.keys(exitCodes) as ErrorKind[];
  return [
    ["0", "", DONE],
    ...kinds.map((kind) => [String(exitCodes[kind]), kind, exitMeanings[kind]] as const),
  ];
}

/** `unbrick help exit-codes` in at most `width` columns. */
export function exitCodeLines(width: number): string[] {
  const heads = table([
    [text`CODE`, text`KIND`, ""],
    ...exitCodeRows().map(([code, kind]) => [code, kind, ""]),
  ]);
  const column = Math.max(...heads.map((head) => columnsOf(head))) + 2;
  const meanings = [text`MEANING`, ...exitCodeRows().map(([, , meaning]) => meaning)];
  return [
    ...heads.flatMap((head, at) => wrap(meanings[at], width, padded(head, column))),
    "",
    ...wrap(text`The kind is what --json calls the error.`, width),
    ...wrap(
      text`unbrick dfu-util ends with dfu-util's own exit codes, made true: 0 only after reading
        back.`,
      width,
    ),
  ];
}
