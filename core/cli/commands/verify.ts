import { text } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { imageChoice, work } from "../arguments/common_options.ts";
import { optionalBoard } from "../arguments/options.ts";

export const verify = command({
  name: "verify",
  tail: "[BOARD] [OPTIONS]",
  brief: text`Compare the camera's contents with the images. Writes nothing.`,
  examples: [
    ["verify openmv-h7 --images OPENMV4", text`Is this release really in the camera?`],
  ],
  parts: { board: optionalBoard },
  common: { does: [...work, ...imageChoice] },
  isGuided: true,
  async run(session, { board }) {
    const { runJob } = await import("./job.ts");
    return (await runJob(session, { job: "verify", board })).error?.exitCode ?? 0;
  },
});
