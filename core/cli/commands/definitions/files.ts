import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { imageChoice, work } from "../../arguments/common_options.ts";
import { joinedWords, value } from "../../arguments/options.ts";
import { anyText, backupOrBoard } from "../../arguments/values.ts";

/** `files`: lists the files in a camera's file systems, or copies them out. */
export const files = command({
  name: "files",
  tail: "FILE|BOARD [OPTIONS]",
  brief: text`List the files of a camera, such as main.py, or copy them out. Changes nothing.`,
  description:
    text`FILE is a backup, or one region as the read command saves it. Of a camera, the regions with
      files are read, each twice. Both the user's file system (FAT) and the ROMFS are shown,
      wherever they are in what was read. The copies go into the folders filesystem and romfs.`,
  examples: [
    ["files camera.zip", text`List the files in a backup.`],
    ["files camera.zip -o folder", text`Copy them into a new folder.`],
    ["files openmv-h7 -o folder", text`The same from the camera itself.`],
  ],
  parts: {
    source: joinedWords(backupOrBoard, text`A backup, a saved region, or a board's name.`),
    output: value(["--output", "-o"], anyText("FOLDER"), text`Copy the files into this folder.`),
  },
  common: { does: [...work, ...imageChoice] },
  isGuided: true,
  run: async (session, given) => await (await import("../files.ts")).showFiles(session, given),
});
