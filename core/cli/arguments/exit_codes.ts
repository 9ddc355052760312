import { type ErrorKind, exitCodes } from "../../common/errors.ts";
import { columnsOf, padded } from "../terminal/columns.ts";
import { table, wrap } from "../terminal/layout.ts";
import { text, type Words } from "../../common/text.ts";

/** What each exit code means, in one sentence; docs/reference.md has the same table. */
const exitMeanings: Readonly<Record<ErrorKind, Words>> = {
  "bug": text`a bug in unbrick itself`,
  "usage": text`the command line is not valid`,
  "not-found": text`a device, file or image was not found`,
  "permission": text`this user is not allowed to open the device`,
  "driver": text`the device has no driver, or the wrong one`,
  "busy": text`another program is using the device`,
  "disconnected": text`the device disconnected during the work`,
  "timeout": text`a deadline passed`,
  "stalled": text`the device refused a transfer`,
  "protocol": text`the device gave an answer that the protocol does not allow`,
  "device-status": text`the device reported a named error`,
  "wrong-board":
    text`the device or image belongs to another board, or the board does not support the job`,
  "bad-image": text`a file is damaged, or is not what it was given for`,
  "protected": text`the chip is protected against reading or writing`,
  "verify-failed": text`what was read back is not what was written`,
  "consent-needed": text`an answer or consent was needed, and nobody could give it`,
  "sensor-missing": text`the running camera finds no image sensor`,
  "picture-dark": text`all pictures of the running camera are black, or white`,
  "picture-unchanged": text`all pictures of the running camera are exactly the same`,
  "firmware-silent": text`firmware is running, but does not react`,
  "not-started": text`all is written and read back, but the firmware did not appear on USB`,
  "picture-damaged": text`the picture of the running camera did not arrive as the camera took it`,
  "cancelled": text`stopped by the user`,
};
const DONE = text`done, and proven by the camera`;

/** Returns code, kind (empty for 0) and meaning of every exit code, in order. */
export function exitCodeRows(): (readonly [code: string, kind: string, meaning: Words])[] {
  const kinds = Object.keys(exitCodes) as ErrorKind[];
  return [
    ["0", "", DONE],
    ...kinds.map((kind) => [String(exitCodes[kind]), kind, exitMeanings[kind]] as const),
  ];
}

/** Returns the text of `unbrick help exit-codes` in at most `width` columns. */
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
    ...wrap(text`The kind is the name of the error in --json output.`, width),
    ...wrap(
      text`unbrick dfu-util uses dfu-util's own exit codes, but 0 only after reading back.`,
      width,
    ),
  ];
}
