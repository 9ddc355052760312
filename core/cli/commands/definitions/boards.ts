import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { outputOptions } from "../../arguments/common_options.ts";
import { optionalBoard } from "../../arguments/options.ts";

/**
 * `boards`: lists every board and the jobs that it supports; `boards BOARD`: everything about one of
 * them, with the conditions and traps of the simulated camera.
 */
export const boards = command({
  name: "boards",
  tail: "[BOARD] [OPTIONS]",
  brief: text`List the boards and what each one supports.`,
  examples: [
    ["boards", text`Names, chips, supported jobs and consents.`],
    ["boards openmv-n6", text`One board: its images, and what its simulated camera can do.`],
    ["boards --json", text`The same for a program, with the image roles and the hardware steps.`],
  ],
  parts: { board: optionalBoard },
  common: { does: [...outputOptions, "plugin"] },
  run: async (session, given) => (await import("../boards.ts")).showBoards(session, given),
});
