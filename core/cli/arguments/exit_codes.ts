import { type ErrorKind, exitCodes } from "../../common/errors.ts";
import { table, wrap } from "../terminal/layout.ts";

/** What each exit code means, in one sentence; docs/reference.md has the same table. */
const exitMeanings: Readonly<Record<ErrorKind, string>> = {
  "bug": "a defect of unbrick itself",
  "usage": "the command line cannot be understood",
  "not-found": "no such device, file or image",
  "permission": "the system does not let this user open the device",
  "driver": "no driver, or the wrong one",
  "busy": "another program holds the device",
  "disconnected": "the device left the bus in the middle of the work",
  "timeout": "a deadline passed",
  "stalled": "the device refused a transfer",
  "protocol": "the device answered what the protocol does not allow",
  "device-status": "the device reported a named error",
  "wrong-board": "device or image belongs to another board, or the board does not offer the job",
  "bad-image": "a file is damaged or cannot be what it is given for",
  "protected": "the chip is protected against reading or writing",
  "verify-failed": "what was read back is not what was written",
  "consent-needed": "an answer or a consent was needed that nobody could give",
  "cancelled": "stopped by the user",
};
const DONE = "done, and proven by the camera";

/** Code, kind (empty for 0) and meaning of every exit code, in order. */
export function exitCodeRows(): (readonly [code: string, kind: string, meaning: string])[] {
  const kinds = Object.keys(exitCodes) as ErrorKind[];
  return [
    ["0", "", DONE],
    ...kinds.map((kind) => [String(exitCodes[kind]), kind, exitMeanings[kind]] as const),
  ];
}

/** `unbrick help exit-codes` in at most `width` columns. */
export function exitCodeLines(width: number): string[] {
  const heads = table([
    ["CODE", "KIND", ""],
    ...exitCodeRows().map(([code, kind]) => [code, kind, ""]),
  ]);
  const column = Math.max(...heads.map((head) => head.length)) + 2;
  const meanings = ["MEANING", ...exitCodeRows().map(([, , meaning]) => meaning)];
  return [
    ...heads.flatMap((head, at) => wrap(meanings[at], width, head.padEnd(column))),
    "",
    ...wrap("The kind is what --json calls the error.", width),
    ...wrap(
      "unbrick dfu-util ends with dfu-util's own exit codes, made true: 0 only after reading back.",
      width,
    ),
  ];
}
