import { text } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { imageChoice, work } from "../arguments/common_options.ts";
import {
  backup,
  eraseFilesystem,
  noCheck,
  only,
  optionalBoard,
  romfs,
} from "../arguments/options.ts";

export const flash = command({
  name: "flash",
  tail: "[BOARD] [OPTIONS]",
  brief: text`Write the firmware of a camera whose bootloader works.`,
  examples: [
    ["flash", text`Flash the one camera that is connected, with the built-in images.`],
    ["flash h7 --only firmware", text`The firmware alone; the ROMFS and your files are kept.`],
    ["flash arduino-giga --image firmware=firmware.bin", text`Flash a Giga with one file.`],
  ],
  parts: { board: optionalBoard, backup, only, romfs, eraseFilesystem, noCheck },
  common: { does: [...work, "allow", ...imageChoice] },
  isGuided: true,
  async run(session, { board, backup, only, romfs, eraseFilesystem, noCheck }) {
    const request = { board, only, romfs, eraseFilesystem, check: !noCheck };
    const { runBackedUp } = await import("../backup/backed_up_job.ts");
    const { error } = await runBackedUp(session, { job: "flash", ...request }, backup);
    return error?.exitCode ?? 0;
  },
});
