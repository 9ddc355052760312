import { merge, object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import {
  board,
  bootloaderOnly,
  eraseFilesystem,
  examples,
  integer,
  namedBoard,
  usage,
} from "./pieces.ts";
import { file, jobOrBoard } from "./values.ts";
import { text } from "../../common/text.ts";

/** The commands that work on cameras, and the one that tells what they would do. */

export const jobCommands = or(
  command(
    "restore",
    object({ command: constant("restore"), board, eraseFilesystem, bootloaderOnly }),
    {
      usageLine: usage("[BOARD] [OPTIONS]"),
      brief: message`Bring back a camera whose bootloader is gone, then flash it.`,
      footer: examples(
        ["restore openmv-h7", text`Restore and flash an OpenMV Cam H7; asks before it writes.`],
        [
          "restore h7 --yes --images firmware_release.zip",
          text`The same without questions, with a release's own images.`,
        ],
        [
          "restore OPENMV4P --bootloader-only --image bootloader.bin",
          text`Only the bootloader of an H7 Plus, from one file.`,
        ],
        ["restore h7 --simulate", text`Practise first: nothing but a simulated camera is touched.`],
      ),
    },
  ),
  command("flash", object({ command: constant("flash"), board, eraseFilesystem }), {
    usageLine: usage("[BOARD] [OPTIONS]"),
    brief: message`Write the firmware of a camera whose bootloader works.`,
    footer: examples(
      ["flash", text`Flash the one camera that is connected, with the built-in images.`],
      ["flash arduino-giga --image firmware=firmware.bin", text`Flash a Giga with one file.`],
    ),
  }),
  command("verify", object({ command: constant("verify"), board }), {
    usageLine: usage("[BOARD] [OPTIONS]"),
    brief: message`Compare what is in a camera with the images; writes nothing.`,
    footer: examples(
      ["verify openmv-h7 --images OPENMV4", text`Is this release really in the camera?`],
    ),
  }),
  command(
    "read",
    object({
      command: constant("read"),
      board,
      region: optional(
        option("--region", string({ metavar: "NAME" }), {
          description: message`What to read, for example bootloader or firmware.`,
        }),
      ),
      address: optional(
        option("--address", integer, { description: message`Start of an address range.` }),
      ),
      length: optional(
        option("--length", integer, { description: message`Bytes to read from the address.` }),
      ),
      output: optional(
        option("-o", "--output", file, {
          description: message`File, or folder for several, to write what was read.`,
        }),
      ),
    }),
    {
      usageLine: usage("[BOARD] [OPTIONS]"),
      brief: message`Copy what is in a camera into a file; writes nothing to the camera.`,
      footer: examples(
        ["read openmv-h7 --region bootloader -o old.bin", text`Keep a copy of a bootloader.`],
        [
          "read openmv-h7 --address 0x08000000 --length 0x20000 -o old.bin",
          text`The same by address.`,
        ],
      ),
    },
  ),
);

export const planCommand = command(
  "plan",
  merge(
    object({ command: constant("plan"), eraseFilesystem, bootloaderOnly }),
    object({
      words: multiple(
        argument(jobOrBoard, {
          description: message`The job (restore if left out) and the board.`,
        }),
        { min: 1, max: 2 },
      ),
    }),
  ),
  {
    usageLine: usage("[JOB] BOARD [OPTIONS]"),
    brief: message`Show what a job would do, without a camera.`,
    footer: examples(
      ["plan restore openmv-h7", text`Each step with its addresses, lengths and hashes.`],
      ["plan flash openmv-h7-plus --json", text`The same for a program.`],
    ),
  },
);

export const stationCommand = command(
  "station",
  object({
    command: constant("station"),
    board: namedBoard,
    job: withDefault(
      option("--job", choice(["restore", "flash", "verify"], { metavar: "JOB" }), {
        description: message`What to do with each camera: restore (default), flash or verify.`,
      }),
      "restore" as const,
    ),
    count: optional(option("--count", integer, {
      description: message`End after so many cameras; default: at Ctrl-C (simulated: after 8).`,
    })),
    eraseFilesystem,
    bootloaderOnly,
  }),
  {
    usageLine: usage("BOARD --yes [OPTIONS]"),
    brief: message`Work on one camera after another, or several at once, each port by itself.`,
    description:
      message`Each USB port has its own line: plug cameras in as they come, take them away when their line says so. With --report FOLDER each camera gets its own record, a page and its JSON. A failing camera does not stop the others. Exit code 0 only if all cameras of --count are proven.`,
    footer: examples(
      ["station openmv-h7 --yes --report records", text`Restore all that come; a record of each.`],
      ["station openmv-m7 --job flash --yes --count 20", text`Flash twenty cameras, then end.`],
      [
        "station h7 --yes --simulate --trap 3:unplug",
        text`Practise with eight simulated cameras; the third is unplugged too early.`,
      ],
    ),
  },
);
