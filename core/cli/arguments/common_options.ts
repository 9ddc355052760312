import type { InferValue } from "@optique/core/parser";
import { text } from "../../common/text.ts";
import { languages } from "../language/language.ts";
import { off, value, valueOr, values } from "./options.ts";
import {
  anyText,
  conditions,
  consentName,
  file,
  folderOrZip,
  oneOf,
  roleFile,
  script,
  seconds,
  trap,
} from "./values.ts";

/** The options that several commands share. */
export const commonOptions = {
  yes: off("--yes", text`Ask no questions. Never agrees to permanent changes.`),
  allow: values(
    ["--allow", "--allow-fuse"],
    consentName,
    text`Allow one risky step by its name. Repeatable.`,
  ),
  timeout: valueOr(
    ["--timeout"],
    seconds,
    120,
    text`How long to wait for a camera or a step by hand (default 120).`,
  ),
  port: value(
    ["--port"],
    anyText("PATH"),
    text`Use only the camera on this USB port, for example 1-1.3.`,
  ),
  simulate: off("--simulate", text`Practise on a simulated camera. No real device is used.`),
  fast: off("--fast", text`With --simulate: do not wait in real time.`),
  condition: value(
    ["--condition"],
    oneOf(conditions, "STATE"),
    text`With --simulate: the camera's condition: bricked, blank (new from the factory) or
      healthy.`,
  ),
  trap: values(
    ["--trap"],
    trap,
    text`With --simulate: give the camera a fault from the list that unbrick boards BOARD
      shows. Repeatable.`,
  ),
  images: values(
    ["--images"],
    folderOrZip,
    text`Take the images from an OpenMV firmware release. Repeatable: flash loaders and system
      packages may be in another folder.`,
  ),
  image: values(
    ["--image"],
    roleFile,
    text`Take one image from a file. Leave out ROLE= if the file name says what it is.
      Repeatable.`,
  ),
  publicKey: value(
    ["--public-key"],
    file,
    text`Use only image sets that are signed with this Ed25519 key (PEM).`,
  ),
  json: off("--json", text`Print one JSON object per line, for programs.`),
  report: value(
    ["--report"],
    file,
    text`Write a record of the run: a web page if the name ends in .html, otherwise JSON.`,
  ),
  trace: value(
    ["--trace"],
    file,
    text`Record all traffic with the camera in a pcapng file, for Wireshark and for: unbrick
      trace show. It contains serial numbers, and everything that was read and written.`,
  ),
  noRecorder: off("--no-recorder", text`Do not keep this run for: unbrick runs`),
  withUserData: off(
    "--with-user-data",
    text`Keep for unbrick runs the files and the ROMFS on the camera, too, and all that is read.
      Without this, only their length and SHA-256 are kept.`,
  ),
  operator: value(["--operator"], anyText("NAME"), text`The operator's name, for the record.`),
  lang: value(
    ["--lang"],
    oneOf(languages, "en|zh"),
    text`The language: English or Simplified Chinese. Default: the system's language.`,
  ),
  plain: off(
    "--plain",
    text`For screen readers: one sentence per line, no drawings, questions as numbered lists.`,
  ),
  noColor: off(
    "--no-color",
    text`Print without colour. NO_COLOR in the environment does the
    same.`,
  ),
  debug: off("--debug", text`With --json: add the stack trace of an internal error.`),
  libusb: value(["--libusb"], file, text`Use this libusb library instead of the built-in one.`),
  plugin: values(
    ["--plugin"],
    script,
    text`Add a board family from a JavaScript file. Repeatable.`,
  ),
} as const;

export type CommonName = keyof typeof commonOptions;

/** The values of the common options; options that a command does not accept have their defaults. */
export type CommonOptions = {
  readonly [Name in CommonName]: InferValue<typeof commonOptions[Name]>;
};

/** The common options that a command accepts. */
export interface Common {
  /** Options that have an effect there. */
  readonly does: readonly CommonName[];
  /**
   * Options that are accepted without effect, so that the same options work with every command that
   * may use a device.
   */
  readonly accepts?: readonly CommonName[];
}

/** The common options as the help groups them. */
export const commonGroups: readonly (readonly [title: string, names: readonly CommonName[]])[] = [
  [
    text`How it runs`.key,
    ["yes", "allow", "timeout", "port", "simulate", "fast", "condition", "trap"],
  ],
  [text`Images`.key, ["images", "image", "publicKey"]],
  [
    text`What it prints`.key,
    [
      ...["json", "report", "trace", "noRecorder", "withUserData"] as const,
      ...["operator", "lang", "plain", "noColor", "debug"] as const,
    ],
  ],
  [text`External parts`.key, ["libusb", "plugin"]],
];

/** Options for the output of every command. */
export const outputOptions = ["json", "lang", "plain", "noColor", "debug"] as const;

/** Options that choose the images. */
export const imageChoice = ["images", "image", "publicKey"] as const;

/** Options for a simulated camera. */
export const simulation = ["simulate", "fast", "condition", "trap"] as const;

/** Options for commands that work on a camera. */
export const work = [
  ...["yes", "timeout", "port", "report", "trace", "noRecorder", "withUserData"],
  ...["operator", "libusb", "plugin"],
  ...simulation,
  ...outputOptions,
] as const satisfies readonly CommonName[];

/** Options accepted by every command that may use a device. */
export const deviceOptions = [
  ...["yes", "fast", "json", "lang", "port", "timeout", "libusb", "report", "noColor", "plain"],
] as const satisfies readonly CommonName[];

/** Returns the common options that a command accepts, in the order of the help. */
export function commonNames({ does, accepts = [] }: Common): CommonName[] {
  const shown = commonGroups.flatMap(([, names]) => names.filter((name) => does.includes(name)));
  return [...shown, ...accepts.filter((name) => !does.includes(name))];
}

/** What the options are if they are not given; parsing nothing for them would take milliseconds. */
const defaults: CommonOptions = {
  yes: false,
  allow: [],
  timeout: 120,
  port: undefined,
  simulate: false,
  fast: false,
  condition: undefined,
  trap: [],
  images: [],
  image: [],
  publicKey: undefined,
  json: false,
  report: undefined,
  trace: undefined,
  noRecorder: false,
  withUserData: false,
  operator: undefined,
  lang: undefined,
  plain: false,
  noColor: false,
  debug: false,
  libusb: undefined,
  plugin: [],
};

const names = Object.keys(commonOptions) as CommonName[];

/** Returns the common options from a command's parsed values, with defaults for the others. */
export function commonIn(given: Readonly<Record<string, unknown>>): CommonOptions {
  const known = names.filter((name) => name in given).map((name) => [name, given[name]]);
  return { ...defaults, ...Object.fromEntries(known) };
}
