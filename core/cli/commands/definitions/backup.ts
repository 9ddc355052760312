import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { imageChoice, work } from "../../arguments/common_options.ts";
import { optionalBoard, value } from "../../arguments/options.ts";
import { file } from "../../arguments/values.ts";

/** `backup`: saves all that can be read of a camera in one zip. */
export const backup = command({
  name: "backup",
  tail: "[BOARD] -o FILE.zip [OPTIONS]",
  brief: text`Save everything that can be read of a camera. Writes nothing to the camera.`,
  description:
    text`Every region is read twice, and both readings must be equal. What cannot be read is named
      in the zip, with the reason. Until all is read, the regions are in the folder FILE.zip.part;
      the same command continues there. The files inside can be taken out with: unbrick files.`,
  examples: [
    ["backup openmv-h7 -o camera.zip", text`Save firmware, file system and ROMFS.`],
    ["files camera.zip -o folder", text`Take the files out of it.`],
  ],
  parts: {
    board: optionalBoard,
    output: value(["--output", "-o"], file, text`The zip to write. It must not exist yet.`),
  },
  common: { does: [...work, ...imageChoice] },
  isGuided: true,
  run: async (session, given) => await (await import("../backup.ts")).backUp(session, given),
});
