import { text } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { work } from "../arguments/common_options.ts";
import { optionalBoard } from "../arguments/options.ts";

/** `check`: whether a running camera sees. */
export const check = command({
  name: "check",
  tail: "[BOARD] [OPTIONS]",
  brief: text`Check whether a running camera sees. Changes nothing.`,
  description:
    text`The camera runs a short program over its debug port: it takes pictures and answers with its
      image sensor, size and brightness. Then it starts again with its own main.py. The exit code
      says what is wrong: no sensor, dark or unchanged pictures, firmware that does not react.`,
  examples: [
    ["check", text`Check the one camera that is connected.`],
    [
      "check openmv-h7 --simulate --trap sensorMissing",
      text`See what a missing sensor looks like.`,
    ],
  ],
  parts: { board: optionalBoard },
  common: { does: work },
  isGuided: true,
  async run(session, { board }) {
    const { runJob } = await import("./job.ts");
    const { error } = await runJob(session, { job: "check", board });
    return error?.exitCode ?? 0;
  },
});
