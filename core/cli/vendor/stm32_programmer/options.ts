import { flag, type Given, type Option, traceOption, usage, value } from "../options.ts";

/** The command line of STM32_Programmer_CLI, limited to flash layouts. */

/** The chosen device: `port=USB1`, `sn=…`. */
export interface Connection {
  /** The number in `USB1`, counted from 1. */
  readonly index: number;
  readonly serial?: string;
}

export interface ProgrammerOptions {
  readonly action: "list" | "show" | "download";
  readonly connection?: Connection;
  /** The flash layout; undefined for the images that unbrick chooses. */
  readonly layout?: string;
}

/** Options of STM32_Programmer_CLI. Their values are separate words. */
const theirs: readonly Option[] = [
  flag("--connect", "-c"),
  flag("--download", "-d", "--write", "-w"),
  flag("--list", "-l"),
  flag("--help", "-h", "-?"),
  flag("--version"),
  // Quiet mode and verify have no effect: every run is verified and prints what is necessary.
  flag("--quietMode", "-q"),
  flag("--verify", "-v"),
];

/** Options of unbrick that are allowed on the same command line. */
const ours: readonly Option[] = [
  value("--images"),
  value("--image"),
  value("--public-key"),
  value("--timeout"),
  value("--report"),
  value("--operator"),
  value("--port"),
  value("--libusb"),
  value("--plugin"),
  value("--allow", "--allow-fuse"),
  value("--condition"),
  value("--trap"),
  flag("--yes"),
  flag("--json"),
  flag("--simulate"),
  flag("--fast"),
  flag("--plain"),
  flag("--no-color"),
  flag("--debug"),
];

export const options: readonly Option[] = [...theirs, ...ours, traceOption];

/** Returns the words that are options of unbrick, with their values. */
export function unbrickArguments(given: Given): string[] {
  return given.options
    .filter(({ name }) => ours.some(({ names }) => names[0] === name))
    .map(({ name, value }) => value === undefined ? name : `${name}=${value}`);
}

/** Interprets the command line. @throws UnbrickError `usage` */
export function interpret({ options, words }: Given): ProgrammerOptions {
  let action: ProgrammerOptions["action"] | undefined;
  let connection: Connection | undefined;
  let layout: string | undefined;
  const used: string[] = [];
  for (const { name, words } of options) {
    if (name === "--connect") connection = connectionOf(words);
    else if (name === "--download") {
      layout = layoutOf(words);
      action ??= "download";
    } else if (name === "--list") {
      const strange = words.find((kind) => kind.toLowerCase() !== "usb");
      if (strange !== undefined) throw usage(`"${strange}" cannot be listed here; only usb can.`);
      action ??= "list";
    } else continue;
    used.push(...words);
  }
  const stray = words.find((word) => !used.includes(word));
  if (stray !== undefined) throw usage(`"${stray}" belongs to no option.`);
  if (action === "download" && !connection) throw usage("-c port=USB1 is missing.");
  if (!action && !connection) throw usage("Nothing to do: give -l, or -c port=USB1 with -d.");
  return {
    action: action ?? "show",
    ...(connection && { connection }),
    ...(layout !== undefined && { layout }),
  };
}

function layoutOf([layout, more]: readonly string[]): string | undefined {
  if (more !== undefined) {
    throw usage(`"${more}": only a flash layout can be downloaded, without an address.`);
  }
  if (layout !== undefined && !/\.tsv$/i.test(layout)) {
    throw usage(`"${layout}" is no flash layout (FILE.tsv); nothing else can be downloaded.`);
  }
  return layout;
}

function connectionOf(words: readonly string[]): Connection {
  let index: number | undefined, serial: string | undefined;
  for (const word of words) {
    const [, key, value] = /^([a-z]+)=(.+)$/i.exec(word) ?? [];
    const port = /^usb([1-9]\d?)$/i.exec(value ?? "");
    if (key?.toLowerCase() === "port" && port) index = Number(port[1]);
    else if (key?.toLowerCase() === "sn") serial = value;
    else throw usage(`"${word}" is no connection that unbrick knows: port=USB1, sn=SERIAL.`);
  }
  if (index === undefined) throw usage("port=USB1 is missing after -c.");
  return { index, ...(serial !== undefined && { serial }) };
}
