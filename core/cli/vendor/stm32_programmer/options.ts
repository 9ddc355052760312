import { UnbrickError } from "../../../common/errors.ts";

/** The command line of STM32_Programmer_CLI, as far as a flash layout needs it. */

/** Which device: `port=USB1`, `sn=…`. */
export interface Connection {
  /** The number in `USB1`, counted from 1. */
  readonly index: number;
  readonly serial?: string;
}

export interface ProgrammerOptions {
  readonly action: "help" | "version" | "list" | "show" | "download";
  readonly connection?: Connection;
  /** The flash layout; left out for the images that unbrick chooses itself. */
  readonly layout?: string;
  /** Words that are options of unbrick, not of STM32_Programmer_CLI. */
  readonly rest: readonly string[];
}

/** By every spelling. */
const names: Readonly<
  Record<string, "connect" | "download" | "list" | "help" | "version" | "none">
> = {
  "-c": "connect",
  "--connect": "connect",
  "-d": "download",
  "--download": "download",
  "-w": "download",
  "--write": "download",
  "-l": "list",
  "--list": "list",
  "-h": "help",
  "-?": "help",
  "--help": "help",
  "--version": "version",
  // Quiet mode and verify: every run here is verified, and says what it must.
  "-q": "none",
  "--quietMode": "none",
  "-v": "none",
  "--verify": "none",
};

/** Options of unbrick that may stand in the same line, and whether a value follows. */
const own: Readonly<Record<string, boolean>> = {
  "--images": true,
  "--timeout": true,
  "--report": true,
  "--port": true,
  "--libusb": true,
  "--plugin": true,
  "--yes": false,
  "--json": false,
  "--simulate": false,
  "--fast": false,
  "--no-color": false,
  "--debug": false,
};

/** @throws UnbrickError `usage` */
export function parseProgrammer(argv: readonly string[]): ProgrammerOptions {
  const words = [...argv];
  const rest: string[] = [];
  let action: ProgrammerOptions["action"] | undefined;
  let connection: Connection | undefined;
  let layout: string | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    const [option] = word.split("=", 1);
    if (option in own) {
      rest.push(word);
      if (own[option] && word === option && words.length > 0) rest.push(words.shift()!);
      continue;
    }
    switch (names[word]) {
      case "connect":
        connection = connectionOf(values(words));
        break;
      case "download": {
        const given = values(words);
        if (given.length > 1) {
          throw usage(`"${given[1]}": only a flash layout can be downloaded, without an address.`);
        }
        layout = given[0];
        if (layout !== undefined && !/\.tsv$/i.test(layout)) {
          throw usage(`"${layout}" is no flash layout (FILE.tsv); nothing else can be downloaded.`);
        }
        action ??= "download";
        break;
      }
      case "list": {
        const strange = values(words).find((kind) => kind.toLowerCase() !== "usb");
        if (strange !== undefined) throw usage(`"${strange}" cannot be listed here; only usb can.`);
        action ??= "list";
        break;
      }
      case "help":
      case "version":
        action = names[word] === "help" ? "help" : "version";
        break;
      case "none":
        break;
      default:
        throw usage(`unbrick does not know the option ${word} of STM32_Programmer_CLI.`);
    }
  }
  if (action === "download" && !connection) throw usage("-c port=USB1 is missing.");
  action ??= connection ? "show" : "help";
  return {
    action,
    rest,
    ...(connection && { connection }),
    ...(layout !== undefined && { layout }),
  };
}

/** The words up to the next option. */
function values(words: string[]): string[] {
  const end = words.findIndex((word) => word.startsWith("-"));
  return words.splice(0, end < 0 ? words.length : end);
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

function usage(message: string): UnbrickError {
  return new UnbrickError("usage", message);
}
