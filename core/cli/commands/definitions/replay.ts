import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { imageChoice, outputOptions } from "../../arguments/common_options.ts";
import { value, word } from "../../arguments/options.ts";
import { file } from "../../arguments/values.ts";

/** `replay FILE`: runs a recorded command again, against the recorded camera. */
export const replay = command({
  name: "replay",
  tail: "FILE [OPTIONS]",
  brief: text`Run a recorded command again, against the recorded camera.`,
  description:
    text`Nothing is sent to a camera, and nothing is proven about one. Each request must be the
      recorded one; the first that differs is shown. The images must be the recorded ones, too:
      name them if they are not in the same place. Exit code 0 means that the replay ends as the
      recording did, whatever that was.`,
  examples: [["replay t.pcapng", text`Does this version do what the recorded one did?`]],
  parts: {
    file: word(file, text`A file that --trace has written, or the zip of: unbrick runs export`),
    backup: value(
      ["--backup"],
      file,
      text`The backup that the recorded put-back wrote, if it is not in the same place.`,
    ),
  },
  common: { does: [...outputOptions, ...imageChoice, "report", "plugin"] },
  run: async (session, given) => await (await import("../replay.ts")).replayFile(session, given),
});
