import { UnbrickError } from "../../../common/errors.ts";
import { getopt, type Option } from "../dfu_util/getopt.ts";
import { cNumber } from "../dfu_util/number.ts";

/** What the command lines of sdphost and blhost have in common. */
export interface NxpOptions {
  readonly vendorId: number;
  readonly productId: number;
  /** `--path`, as `1-1.3`; ours. */
  readonly path?: string;
  /** `-t`, milliseconds: deadline of each answer. Left out: what fits each command. */
  readonly timeoutMs?: number;
  /** `--wait`, seconds; ours: how long to wait for the device. */
  readonly waitSeconds: number;
  /** `--allow-fuse` and `--allow`; ours: consents given on the command line. */
  readonly allowed: ReadonlySet<string>;
  readonly libusb?: string;
  /** The sub-command and its arguments; empty for `--help` and `--version`. */
  readonly command: readonly string[];
  readonly show?: "help" | "version";
}

/** The device may just be changing from one id to the next. */
const WAIT_SECONDS = 10;

const options: readonly Option[] = [
  { short: "h", long: "help", takesValue: false },
  { short: "v", long: "version", takesValue: false },
  { short: "V", long: "verbose", takesValue: false },
  { short: "d", long: "debug", takesValue: false },
  { short: "n", long: "noping", takesValue: false },
  { short: "u", long: "usb", takesValue: true },
  { short: "t", long: "timeout", takesValue: true },
  { short: "p", long: "port", takesValue: true },
  { long: "path", takesValue: true },
  { long: "wait", takesValue: true },
  { long: "allow-fuse", takesValue: true },
  { long: "allow", takesValue: true },
  { long: "libusb", takesValue: true },
];

/**
 * Options, then `--` (which may be left out), then the sub-command with its arguments.
 * @param ids VID and PID where `-u` is left out, or given without a value before `--`
 * @throws UnbrickError `usage`
 */
export function parseNxpOptions(
  argv: readonly string[],
  ids: { readonly vendorId: number; readonly productId: number },
): NxpOptions {
  const [before, command] = split(argv);
  const given = new Map<string, string>();
  const allowed = new Set<string>();
  for (const { name, value = "" } of getopt(before, options)) {
    if (name === "allow-fuse" || name === "allow") allowed.add(value);
    else given.set(name, value);
  }
  if (given.has("port")) {
    throw usage("-p (a serial port) is not offered: this camera is reached over USB, with -u.");
  }
  const show = given.has("help") ? "help" : given.has("version") ? "version" : undefined;
  if (!show && command.length === 0) throw usage("No command was given.");
  const timeout = given.get("timeout");
  const wait = given.get("wait");
  const timeoutMs = timeout === undefined ? undefined : cNumber(timeout, "-t");
  if (timeoutMs === 0) throw usage("-t 0 would leave no time to answer.");
  return {
    ...idsOf(given.get("usb"), ids),
    path: given.get("path"),
    timeoutMs,
    waitSeconds: wait === undefined ? WAIT_SECONDS : cNumber(wait, "--wait"),
    allowed,
    libusb: given.get("libusb"),
    command,
    show,
  };
}

/** `-u` may stand alone; then the next word is an option, `--` or a sub-command. */
function split(argv: readonly string[]): [before: string[], command: string[]] {
  const before: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at];
    if (word === "--") return [before, argv.slice(at + 1)];
    if (!word.startsWith("-") || word === "-") return [before, argv.slice(at)];
    const option = options.find(({ short, long }) => word === `-${short}` || word === `--${long}`);
    const next = argv[at + 1];
    if (option?.long === "usb") {
      if (next !== undefined && isUsbIds(next)) {
        before.push(word, next);
        at++;
      }
    } else if (option?.takesValue && next !== undefined) {
      before.push(word, next);
      at++;
    } else before.push(word);
  }
  return [before, []];
}

const isUsbIds = (text: string) => /^(0x)?[0-9a-f]{1,4}([,:](0x)?[0-9a-f]{1,4})?$/i.test(text);

/** `0x1FC9,0x0135`, or a product id alone; always hexadecimal. */
function idsOf(text: string | undefined, ids: { vendorId: number; productId: number }) {
  if (text === undefined) return ids;
  if (!isUsbIds(text)) throw usage(`-u ${text}: USB ids look like 0x15A2,0x0073.`);
  const [first, second] = text.split(/[,:]/).map((part) => Number.parseInt(part, 16));
  return second === undefined
    ? { vendorId: ids.vendorId, productId: first }
    : { vendorId: first, productId: second };
}

export function usage(message: string): UnbrickError {
  return new UnbrickError("usage", message);
}

/** The arguments of a sub-command by name. @throws UnbrickError `usage` for too few or too many. */
export function takeArguments<Name extends string, More extends string = never>(
  [command, ...given]: readonly string[],
  needed: readonly Name[],
  more: readonly More[] = [],
): Record<Name, string> & Partial<Record<More, string>> {
  const names = [...needed, ...more];
  if (given.length < needed.length || given.length > names.length) {
    const shape = [...needed.map((one) => `<${one}>`), ...more.map((one) => `[${one}]`)];
    throw usage(`${[command, ...shape].join(" ")} is how ${command} is written.`);
  }
  const entries = given.map((value, at) => [names[at], value]);
  return Object.fromEntries(entries) as Record<Name, string> & Partial<Record<More, string>>;
}

/** A 32-bit number as C reads it. @throws UnbrickError `usage` */
export function word(text: string, what: string): number {
  const value = cNumber(text, what);
  if (value > 0xffff_ffff) throw usage(`${what}: ${text} does not fit 32 bits.`);
  return value;
}
