import { text } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { imageChoice, work } from "../arguments/common_options.ts";
import {
  backup,
  bootloaderOnly,
  eraseFilesystem,
  noCheck,
  optionalBoard,
  romfs,
} from "../arguments/options.ts";

export const restore = command({
  name: "restore",
  tail: "[BOARD] [OPTIONS]",
  brief: text`Restore a camera whose bootloader is gone, then flash it.`,
  examples: [
    ["restore openmv-h7", text`Restore and flash an OpenMV Cam H7; asks before it writes.`],
    [
      "restore h7 --yes --images firmware_release.zip",
      text`The same without questions, with images from a release.`,
    ],
    [
      "restore OPENMV4P --bootloader-only --image bootloader.bin",
      text`Only the bootloader of an H7 Plus, from one file.`,
    ],
    [
      "restore h7 --backup camera.zip",
      text`Save what is on the camera first; files and put-back read the zip.`,
    ],
    ["restore h7 --simulate", text`Practise first, on a simulated camera.`],
  ],
  parts: { board: optionalBoard, backup, romfs, eraseFilesystem, bootloaderOnly, noCheck },
  common: { does: [...work, "allow", ...imageChoice] },
  isGuided: true,
  async run(session, { board, backup, romfs, eraseFilesystem, bootloaderOnly, noCheck }) {
    const request = { board, romfs, eraseFilesystem, bootloaderOnly, check: !noCheck };
    const { runBackedUp } = await import("../backup/backed_up_job.ts");
    const { error } = await runBackedUp(session, { job: "restore", ...request }, backup);
    return error?.exitCode ?? 0;
  },
});
