import { text } from "../../../common/text.ts";
import { action, command } from "../../arguments/command.ts";
import { outputOptions } from "../../arguments/common_options.ts";
import { off, value, word } from "../../arguments/options.ts";
import { anyText, file } from "../../arguments/values.ts";

const show = action({
  name: "show",
  tail: "FILE [OPTIONS]",
  brief: text`Show a trace in words, one line for each transfer.`,
  examples: [],
  parts: {
    file: word(file, text`A file that --trace has written, or another capture of usbmon.`),
    step: value(["--step"], anyText("ID"), text`Only this step, for example bootloader.`),
    errors: off("--errors", text`Only what failed. Such lines are marked with !`),
  },
  run: async (session, given) => await (await import("../trace.ts")).showTrace(session, given),
});

/** `trace`: what a command sent to the camera and received from it. */
export const trace = command({
  name: "trace",
  tail: "show FILE [OPTIONS]",
  brief: text`Show what --trace recorded.`,
  examples: [
    ["trace show t.pcapng", text`Every transfer, with the events of the run.`],
    ["trace show t.pcapng --step bootloader --errors", text`What failed in one step.`],
  ],
  parts: {},
  actions: [show],
  common: { does: outputOptions },
  run: show.run,
});
