import { command } from "../../arguments/command.ts";
import { imageChoice, outputOptions } from "../../arguments/common_options.ts";
import {
  backup,
  bootloaderOnly,
  eraseFilesystem,
  only,
  romfs,
  words,
} from "../../arguments/options.ts";
import { jobOrBoard } from "../../arguments/values.ts";
import { text } from "../../../common/text.ts";

/**
 * `plan`: shows the steps of a job with effects, addresses, lengths and hashes. Accesses no device.
 */
export const plan = command({
  name: "plan",
  tail: "[JOB] BOARD [OPTIONS]",
  brief: text`Show what a job would do, without a camera.`,
  examples: [
    ["plan restore openmv-h7", text`Each step with its addresses, lengths and hashes.`],
    ["plan flash openmv-h7-plus --json", text`The same for a program.`],
  ],
  parts: {
    words: words(jobOrBoard, 1, 6, text`The job (restore if left out) and the board.`),
    backup,
    only,
    romfs,
    eraseFilesystem,
    bootloaderOnly,
  },
  common: { does: [...outputOptions, ...imageChoice, "allow", "plugin"] },
  run: async (session, given) => await (await import("../plan.ts")).showPlan(session, given),
});
