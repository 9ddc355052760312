import { type AdviceTable, cable, watch } from "../advice.ts";
import type { Given } from "../options.ts";

/**
 * Advice for the AE3, which has a recovery switch and no jumper; its memory needs no erase before
 * writing.
 */

const withSwitch = "Unplug the camera, set its recovery switch to on, and plug it in again";
const closePrograms = [
  "Close programs that may hold the serial port: OpenMV IDE, the SE Tools, a terminal, another unbrick.",
];
const whoAnswers = "See who answers, and why, with: unbrick maintenance -opt devenquiry";

export const alifAdvice: AdviceTable = {
  "not-found": ({ data }) =>
    data.file !== undefined
      ? ["Start the tool in the folder of Alif's SE Tools, where it looks for its files."]
      : data.port !== undefined
      ? ["Name a port that is there with -c PORT."]
      : [cable, watch],
  "permission": ({ os, ours }) => os === "linux" ? ours : closePrograms,
  "driver": ({ os }) =>
    os === "windows"
      ? [
        "Install the driver of the camera's serial adapter: FTDI's for 0403:6015, WCH's for 1A86:55D3.",
      ]
      : [
        "Run unbrick on the machine itself, or give the camera's serial adapter to the virtual machine.",
      ],
  "busy": () => closePrograms,
  "disconnected":
    () => [cable, `${withSwitch}. Then run the line again: nothing must be erased first.`],
  "timeout": ({ given }) => [
    `${withSwitch}.`,
    "If it is another adapter, name the port with -c PORT.",
    ...(isDoing(given, "hardmaint")
      ? []
      : ["If it stays silent, call it while you reset it: unbrick maintenance -opt hardmaint"]),
  ],
  "stalled": () => [`${withSwitch}.`, cable],
  "protocol": () => [`${withSwitch}.`, cable],
  "device-status": ({ given }) =>
    isDoing(given, "devenquiry") ? [`${withSwitch}.`] : [whoAnswers, `${withSwitch}.`],
  "wrong-board": ({ given, data }) =>
    data.path !== undefined
      ? ["Name the serial port of the camera with -c PORT. See the ports with: unbrick devices"]
      : data.unknownPart === true
      ? ["Connect the camera by its own USB plug: the adapter in the camera tells the part."]
      : [
        isDoing(given, "getrevision")
          ? "Compare the part with the name on the camera: unbrick boards"
          : "See which part the chip is with: unbrick maintenance -opt getrevision",
        "Then use the files that are made for this part.",
      ],
  "protected": ({ data, ours }) =>
    data.unread !== undefined
      ? ours
      : ["Such a chip takes only files that its owner has signed: ask whoever has the keys."],
  "verify-failed": () => [
    "Use another cable and port, then run the line again: nothing must be erased first.",
    "If it differs again, the memory of this camera is worn or damaged.",
  ],
  "consent-needed": () => ["Name one of these ports with -c PORT."],
  "cancelled": () => [
    "The camera may not start before the line has run to its end: run it again.",
  ],
};

const mayUse = () => ["Check that you may read and write in this folder."];

/** Advice for `toc` and `app-gen-toc`, which use no device. */
export const tableAdvice: AdviceTable = {
  "permission": mayUse,
  "driver": mayUse,
  "busy": mayUse,
  "not-found": alifAdvice["not-found"],
  "cancelled": () => ["Run the line again when you are ready."],
};

function isDoing(given: Given | undefined, option: string): boolean {
  return given?.value("--option") === option;
}
