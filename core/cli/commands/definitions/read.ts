import { command } from "../../arguments/command.ts";
import { work } from "../../arguments/common_options.ts";
import { optionalBoard, value } from "../../arguments/options.ts";
import { anyText, file, integer } from "../../arguments/values.ts";
import { text } from "../../../common/text.ts";

/** `read`: saves the camera's memory to a file, or to a folder if there are several parts. */
export const read = command({
  name: "read",
  tail: "[BOARD] [OPTIONS]",
  brief: text`Copy the camera's contents into a file. Writes nothing to the camera.`,
  examples: [
    ["read openmv-h7 --region bootloader -o old.bin", text`Keep a copy of a bootloader.`],
    [
      "read openmv-h7 --address 0x08000000 --length 0x20000 -o old.bin",
      text`The same by address.`,
    ],
  ],
  parts: {
    board: optionalBoard,
    region: value(
      ["--region"],
      anyText("NAME"),
      text`What to read, for example bootloader or firmware.`,
    ),
    address: value(["--address"], integer, text`Start of an address range.`),
    length: value(["--length"], integer, text`Number of bytes to read.`),
    output: value(
      ["--output", "-o"],
      file,
      text`The file to write, or a folder for several regions.`,
    ),
  },
  common: { does: work },
  isGuided: true,
  run: async (session, given) => await (await import("../read.ts")).readCamera(session, given),
});
