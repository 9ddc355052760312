import { command } from "../../arguments/command.ts";
import { imageChoice, work } from "../../arguments/common_options.ts";
import {
  board,
  bootloaderOnly,
  eraseFilesystem,
  noCheck,
  romfs,
  value,
  valueOr,
} from "../../arguments/options.ts";
import { integer, oneOf } from "../../arguments/values.ts";
import { text } from "../../../common/text.ts";

/** `station BOARD`: works on one camera after another, or several at once, until it is stopped. */
export const station = command({
  name: "station",
  tail: "BOARD --yes [OPTIONS]",
  brief: text`Work on many cameras, one after another or several at once.`,
  description:
    text`Each USB port has its own line on the screen. Connect cameras as they come, and unplug
      each one when its line says so. With --report FOLDER, each camera gets its own record as a
      page and as JSON. A failing camera does not stop the others. The exit code is 0 only if all
      cameras of --count are proven.`,
  examples: [
    [
      "station openmv-h7 --yes --report records",
      text`Restore every camera that is connected,
      with a record of each.`,
    ],
    ["station openmv-m7 --job flash --yes --count 20", text`Flash twenty cameras, then end.`],
    [
      "station h7 --yes --simulate --trap 3:unplug",
      text`Practise with eight simulated cameras. The third is unplugged too early.`,
    ],
  ],
  parts: {
    board,
    job: valueOr(
      ["--job"],
      oneOf(["restore", "flash", "verify"], "JOB"),
      "restore",
      text`What to do with each camera: restore (the default), flash or verify.`,
    ),
    count: value(
      ["--count"],
      integer,
      text`Stop after this many cameras. Default: run until Ctrl-C (simulated: 8).`,
    ),
    romfs,
    eraseFilesystem,
    bootloaderOnly,
    noCheck,
  },
  common: { does: [...work, ...imageChoice, "allow"] },
  run: async (session, given) =>
    await (await import("../station.ts")).runStationCommand(session, given),
});
