import { command } from "../../arguments/command.ts";
import { imageChoice, work } from "../../arguments/common_options.ts";
import { text } from "../../../common/text.ts";

/**
 * Runs if no command is given: shows the bus, asks for the camera and its problem, and then runs
 * the job, as often as the person wants.
 */
export const wizard = command({
  name: "",
  tail: "[OPTIONS]",
  brief: text`Without a command, unbrick guides you step by step.`,
  examples: [],
  parts: {},
  common: { does: [...work, ...imageChoice, "allow"] },
  isGuided: true,
  run: async (session) => await (await import("../wizard.ts")).runWizard(session),
});
