import { text } from "../../../common/text.ts";
import { action, command } from "../../arguments/command.ts";
import { outputOptions } from "../../arguments/common_options.ts";
import { off, optionalWord, value } from "../../arguments/options.ts";
import { anyText, file } from "../../arguments/values.ts";

const list = action({
  name: "list",
  tail: "[OPTIONS]",
  brief: text`List the last runs, the newest first.`,
  examples: [],
  parts: {},
  run: async (session) => await (await import("../runs.ts")).listRuns(session),
});

const exporting = action({
  name: "export",
  tail: "[NUMBER|last] -o FILE.zip [OPTIONS]",
  brief: text`Make one file of a run, to send to somebody who can help.`,
  examples: [],
  parts: {
    run: optionalWord(anyText("NUMBER|last"), text`A number from the list. Default: the last run.`),
    output: value(["--output", "-o"], file, text`The zip to make.`),
    withNames: off(
      "--with-names",
      text`Keep the names of the user, the operator, this computer and the home folder.`,
    ),
    withUserData: off(
      "--with-user-data",
      text`Keep what was read from and written to the file system and the ROMFS, and all that was
        read, if the command was run with this option, too.`,
    ),
  },
  run: async (session, given) => await (await import("../runs.ts")).exportRun(session, given),
});

/** `runs`: the last runs, which are kept on this computer. */
export const runs = command({
  name: "runs",
  tail: "list | export [NUMBER|last] -o FILE.zip",
  brief: text`List the last runs, or make one file to send.`,
  description:
    text`The last 20 runs are kept on this computer, in at most 64 MB. Nothing is ever sent
      anywhere. --no-recorder, or UNBRICK_NO_RECORDER in the environment, switches this off.`,
  examples: [
    ["runs", text`The last runs.`],
    ["runs export last -o run.zip", text`The file to send, without names and user data.`],
  ],
  parts: {},
  actions: [list, exporting],
  common: { does: outputOptions },
  run: list.run,
});
