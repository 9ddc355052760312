import { command } from "../../arguments/command.ts";
import { imageChoice, work } from "../../arguments/common_options.ts";
import {
  bootloaderOnly,
  eraseFilesystem,
  noCheck,
  off,
  romfs,
  value,
  valueOr,
  words,
} from "../../arguments/options.ts";
import { boardName, file, folder, integer, oneOf } from "../../arguments/values.ts";
import { text } from "../../../common/text.ts";

/** The most words of the boards' names. */
const MOST_WORDS = 40;

/** `station BOARD`: works on one camera after another, or several at once, until it is stopped. */
export const station = command({
  name: "station",
  tail: "BOARD... --yes [OPTIONS]",
  brief: text`Work on many cameras, one after another or several at once.`,
  description:
    text`Each USB port has its own line on the screen. Connect cameras as they come, and unplug
      each one when its line says so. With --report FOLDER, each camera gets its own record as a
      page and as JSON, and batch.csv and batch.json list all of them. A failing camera does not
      stop the others. The exit code is 0 only if all cameras of --count are proven.`,
  examples: [
    [
      "station openmv-h7 --yes --report records",
      text`Restore every camera that is connected,
      with a record of each.`,
    ],
    [
      "station openmv-h7 openmv-m7 --yes",
      text`Cameras of two kinds: unbrick asks each one which it is.`,
    ],
    ["station --profile line-2.json", text`Take the boards and the options from a file.`],
    ["station openmv-m7 --job flash --yes --count 20", text`Flash twenty cameras, then end.`],
    [
      "station h7 --yes --simulate --trap 3:unplug",
      text`Practise with eight simulated cameras. The third is unplugged too early.`,
    ],
  ],
  parts: {
    boards: words(
      boardName,
      1,
      MOST_WORDS,
      text`The names of the boards; the boards command lists them.`,
    ),
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
    profile: value(
      ["--profile"],
      file,
      text`Take the boards and the options from a JSON file. What the command line says goes
        first.`,
    ),
    askOperator: off("--ask-operator", text`Ask once for the operator's name or badge.`),
    report: value(
      ["--report"],
      folder,
      text`Write a record of each camera, as a web page and as JSON, and batch.csv and batch.json.`,
    ),
    sign: value(
      ["--sign"],
      file,
      text`With --report: sign the batch with this Ed25519 private key (PEM).`,
    ),
    romfs,
    eraseFilesystem,
    bootloaderOnly,
    noCheck,
  },
  common: { does: [...work.filter((name) => name !== "report"), ...imageChoice, "allow"] },
  run: async (session, given) =>
    await (await import("../station.ts")).runStationCommand(session, given),
});
