import { lineBreak, type Message, message } from "@optique/core/message";
import { text } from "../../common/text.ts";
import type { Example } from "./command.ts";
import { addressLines, examplesOf } from "./grammar.ts";

/** The help of the program itself; the man page is made from it, too. */
export const rootHelp = {
  brief: message`Restore a dead OpenMV camera: offline, without vendor tools.`,
  usage: "[COMMAND] [BOARD] [OPTIONS]",
  examples: [
    ["restore openmv-h7", text`Restore a dead OpenMV Cam H7. Asks before it writes.`],
    ["restore h7 --yes --images firmware_release.zip", text`The same unattended, for a script.`],
    ["restore h7 --simulate", text`Practise on a simulated camera first.`],
    ["doctor", text`No camera is found, or it cannot be opened? Find out why.`],
    ["help restore", text`The options and examples of one command.`],
    ["help exit-codes", text`What the exit codes mean.`],
  ],
} as const satisfies { examples: readonly Example[]; brief: Message; usage: string };

/** Returns what follows the lists of the program's help. */
export const rootFooter = (): Message => [
  ...examplesOf(rootHelp.examples),
  lineBreak(),
  lineBreak(),
  ...addressLines(),
];
