import { type AdviceTable, cable, watch } from "../advice.ts";

/** dfu-util always writes a file from its start, so that a command line may be repeated. */

const again =
  "Unplug the camera, plug it in again (with its jumper, if it was in its ROM), and run the line again: " +
  "it begins anew.";
const rom =
  "A chip's ROM (0483:df11) is there only if the jumper was on before the camera got power: " +
  "unbrick guide BOARD shows the pins.";
const list = "See what is there, and what it offers, with: unbrick dfu-util -l";

export const dfuUtilAdvice: AdviceTable = {
  "not-found": ({ data, given }) =>
    data.isThere === true ? [list, "Then correct -d, -p, -S or -a, or leave it out."] : [
      "Check that the cable carries data (many only charge), and use a port of the computer.",
      rom,
      given?.has("--wait") ? watch : "To plug the camera in while dfu-util waits for it, add -w.",
    ],
  "driver": ({ os, ours }) =>
    os === "darwin"
      ? ["Close programs that use the camera, unplug it and plug it in again."]
      : ours,
  "timeout": ({ data }) =>
    data.isThere === true
      ? [list, "Then correct -d, -p, -S or -a, or leave it out."]
      : data.waited === true
      ? [watch, rom]
      : [again],
  "disconnected": () => [cable, again],
  "stalled": () => [again, cable],
  "protocol": () => [again, cable],
  "device-status": ({ data }) =>
    data.statusName === "errWRITE" || data.statusName === "errTARGET"
      ? ["This part may be read-only. See which others there are with: unbrick dfu-util -l", again]
      : [again, cable],
  "wrong-board": () => [
    "Compare the name on the camera with the list of: unbrick boards",
    "Then give the file from that camera's folder of the firmware release.",
  ],
  "protected": ({ data, given }) =>
    data.alternate !== undefined
      ? ["Choose another alternate setting with -a. List them with: unbrick dfu-util -l"]
      : given?.value("--dfuse-address")?.includes("unprotect")
      ? ["This chip keeps its protection: its bootloader and firmware cannot be written over USB."]
      : ["To erase the whole chip and so take the protection off, add to -s: :unprotect:force"],
  "verify-failed": ({ data }) =>
    data.readable === false ? ["Start the camera, and see what it runs with: unbrick devices"] : [
      "Use another cable and port, then run the line again.",
      "If the same place differs again, the flash of this camera is worn or damaged.",
    ],
  "consent-needed": () => [list],
  "cancelled": ({ given }) =>
    given?.has("--download")
      ? ["The camera may hold a part of the file: run the line again, it begins anew."]
      : ["Nothing was written. Run the line again when you are ready."],
};
