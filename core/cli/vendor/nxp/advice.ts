import { Status } from "../../../protocols/mboot/packets/status.ts";
import { type AdviceTable, cable, watch } from "../advice.ts";
import type { Given } from "../options.ts";

/**
 * What sdphost sends, and the flashloader that blhost uses, are in RAM: they are lost when the
 * camera loses power. Flash must be erased before it is written again.
 */

const plugIn = "Unplug the camera, then plug it in again with its jumper in place";
const jumper = "Put the jumper on while the camera is unplugged, then plug it in: " +
  "unbrick guide openmv-rt1062 shows the pins.";
const loadFlashloader = [
  "    unbrick sdphost -- write-file 0x20001C00 sdphost_flash_loader.bin",
  "    unbrick sdphost -- jump-address 0x20001C00",
];
const sendAgain = `${plugIn}, and begin again with write-file.`;
const beginAgain = [`${plugIn}, and load the flashloader again:`, ...loadFlashloader];
const eraseFirst = "Erase the range before you write it again: " +
  "unbrick blhost -- flash-erase-region ADDRESS BYTES";
const ports = "See the ports of the devices with: unbrick devices";

const closePrograms =
  "Close programs that may hold the camera: OpenMV IDE, NXP's own tools, another unbrick.";

/** Both stages are HID devices: no system needs a special driver for them. */
const both: AdviceTable = {
  "permission": ({ os, ours }) => os === "linux" ? ours : [closePrograms],
  "driver": ({ data, os, ours }) =>
    data.missing !== undefined
      ? ours
      : os === "linux"
      ? [closePrograms, "See which driver holds the camera with: lsusb -t"]
      : [closePrograms],
  "busy": () => [closePrograms],
};

export const sdphostAdvice: AdviceTable = {
  ...both,
  "timeout": ({ data }) =>
    data.stage === "flashloader"
      ? [
        "Go on with blhost, for example: unbrick blhost -- get-property 1",
        `${plugIn} to begin again.`,
      ]
      : data.waited === true
      ? [jumper, watch]
      : [sendAgain],
  "disconnected": () => [cable, sendAgain],
  "stalled": () => [sendAgain, cable],
  "protocol": () => [sendAgain, cable],
  "device-status": ({ given }) =>
    isDoing(given, "jump-address")
      ? [
        "Send the flashloader to the address that it is made for, then jump there:",
        ...loadFlashloader,
      ]
      : [sendAgain],
  "consent-needed": () => [ports],
  "cancelled": () => [`What was sent is only in RAM. ${sendAgain}`],
};

export const blhostAdvice: AdviceTable = {
  ...both,
  "timeout": ({ data, given }) =>
    data.stage === "rom" ? ["Load the flashloader:", ...loadFlashloader] : data.waited === true
      ? [
        "The flashloader runs only after sdphost has started it:",
        ...loadFlashloader,
        jumper,
        watch,
      ]
      : given?.has("--timeout")
      ? [
        "It is still busy: give a larger -t (milliseconds), or leave -t out, and unbrick waits as long " +
        "as the command may take.",
        "Before that, wait until it answers again.",
      ]
      : ["It may still be busy: wait a minute before the next command.", ...beginAgain],
  "disconnected": () => [cable, ...beginAgain],
  "stalled": () => beginAgain,
  "protocol": () => ["It may still be busy: wait a minute before the next command.", ...beginAgain],
  "device-status": ({ data, given }) =>
    byStatus[Number(data.status)] ??
      (isDoing(given, "write-memory", "flash-erase-region", "flash-erase-all")
        ? [eraseFirst, ...beginAgain]
        : beginAgain),
  "verify-failed": ({ data }) =>
    data.index !== undefined
      ? [`Never burn a fuse twice. Read it again: unbrick blhost -- efuse-read-once ${data.index}`]
      : [
        eraseFirst,
        "If the same place differs again, the flash of this camera is worn or damaged.",
      ],
  "consent-needed": ({ data }) =>
    data.consent === undefined ? [ports] : [
      "If you want it, put the option before the command: unbrick blhost " +
      `${data.consent === "erase-all" ? "--allow" : "--allow-fuse"} ${data.consent} -- COMMAND`,
    ],
  "cancelled": ({ given }) =>
    isDoing(given, "write-memory", "flash-erase-region", "flash-erase-all")
      ? [eraseFirst]
      : isDoing(given, "efuse-program-once")
      ? ["Read the fuse before anything else: unbrick blhost -- efuse-read-once INDEX"]
      : ["Nothing was changed. Run the line again when you are ready."],
};

const byStatus: Readonly<Record<number, string[]>> = {
  [Status.MEMORY_CUMULATIVE_WRITE]: [eraseFirst],
  [Status.MEMORY_NOT_CONFIGURED]: [
    "Configure the flash first:",
    "    unbrick blhost -- fill-memory 0x2000 4 0xC0000008 word",
    "    unbrick blhost -- configure-memory 9 0x2000",
  ],
  [Status.FLEXSPI_NOR_WRITE_ALIGNMENT]: [
    "Give an address that is a multiple of 256, the size of a page of this flash.",
  ],
  [Status.MEMORY_RANGE_INVALID]: ["See which ranges there are with: unbrick blhost -- list-memory"],
  [Status.MEMORY_NO_SUCH_OPERATION]: [
    "Give an address in the flash. See which ranges there are with: unbrick blhost -- list-memory",
  ],
  [Status.UNKNOWN_PROPERTY]: ["Give another property: this loader does not have every one."],
  [Status.OTP_PROGRAM_FAILURE]: [
    "Read the fuse before anything else: unbrick blhost -- efuse-read-once INDEX",
  ],
};

function isDoing(given: Given | undefined, ...commands: string[]): boolean {
  return commands.includes(given?.words[0] ?? "");
}
