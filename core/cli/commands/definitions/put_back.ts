import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { work } from "../../arguments/common_options.ts";
import { noCheck, values, words } from "../../arguments/options.ts";
import { anyText, backupOrBoard } from "../../arguments/values.ts";

/** `put-back`: writes a backup to the camera that it was made of. */
export const putBack = command({
  name: "put-back",
  tail: "[BOARD] FILE.zip [OPTIONS]",
  brief: text`Write a backup back to its camera.`,
  description:
    text`Each region goes back only where today's bootloader has it, and is read back. The board of
      the backup must be that of the camera. If the ids do not show that it is the camera of the
      backup, the consent other-camera is needed. A bootloader or firmware that fails its check is
      left out; if it is named with --only, it is refused.`,
  examples: [
    ["put-back camera.zip", text`Write all that the backup contains.`],
    ["put-back camera.zip --only filesystem", text`Only the user's files.`],
  ],
  parts: {
    words: words(backupOrBoard, 1, 6, text`A board's name, if you wish, and the backup.`),
    only: values(
      ["--only"],
      anyText("REGION"),
      text`Write only this region of the backup, for example filesystem. Repeatable.`,
    ),
    noCheck,
  },
  common: { does: [...work, "allow"] },
  isGuided: true,
  run: async (session, given) => await (await import("../put_back.ts")).writeBackup(session, given),
});
