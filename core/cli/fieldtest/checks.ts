import { type Text, text } from "../../common/text.ts";

export type CheckId =
  | "appears"
  | "starts"
  | "serial"
  | "reads"
  | "reads-equal"
  | "same-images"
  | "sees"
  | "flashed"
  | "flash-skips"
  | "cut-noticed"
  | "cut-in-time"
  | "cut-told"
  | "repaired"
  | "restored"
  | "fuse-set"
  | "asks-which"
  | "each-port"
  | "other-untouched";

/** What the program judges in a field test. */
export const checks: Readonly<Record<CheckId, Text>> = {
  "appears": text`The camera appears after it was plugged in.`,
  "starts": text`Its firmware starts.`,
  "serial": text`It shows a serial number.`,
  "reads": text`It can be read.`,
  "reads-equal": text`Reading it twice gives the same bytes.`,
  "same-images": text`It contains the images.`,
  "sees": text`It takes pictures.`,
  "flashed": text`The firmware was written and proven.`,
  "flash-skips": text`The same command again writes nothing.`,
  "cut-noticed": text`The pulled cable ends the run with exit code 7.`,
  "cut-in-time": text`That takes at most two seconds.`,
  "cut-told": text`The run says how far it got.`,
  "repaired": text`The same command repairs the camera.`,
  "restored": text`The camera was restored and proven.`,
  "fuse-set": text`Its boot fuse is set.`,
  "asks-which": text`With two cameras, unbrick does not choose one by itself.`,
  "each-port": text`Each of them can be verified by its port.`,
  "other-untouched": text`The other one is not asked anything.`,
};
