import { cNumber } from "../number.ts";
import { flag, type Given, type Option, traceOption, usage, value } from "../options.ts";

/** Common options of sdphost and blhost. */
export interface NxpOptions {
  readonly vendorId: number;
  readonly productId: number;
  /** `--path`, as `1-1.3`; an option of unbrick. */
  readonly path?: string;
  /** `-t`, milliseconds: deadline of each answer. Undefined: the command's default. */
  readonly timeoutMs?: number;
  /**
   * `--wait`, seconds, an option of unbrick: how long to wait for the device. Undefined: a short
   * time.
   */
  readonly waitSeconds?: number;
  /** `--allow-fuse` and `--allow`, options of unbrick: consents given on the command line. */
  readonly allowed: ReadonlySet<string>;
  readonly libusb?: string;
  /** The sub-command and its arguments. */
  readonly command: readonly string[];
}

const isUsbIds = (text: string) => /^(0x)?[0-9a-f]{1,4}([,:](0x)?[0-9a-f]{1,4})?$/i.test(text);

/**
 * The options of both tools. A command line is options, then `--` (optional), then the sub-command
 * with its arguments.
 */
export const commonOptions: readonly Option[] = [
  flag("--help", "-h"),
  flag("--version", "-v"),
  flag("--verbose", "-V"),
  flag("--debug", "-d"),
  // Its value is optional.
  { names: ["--usb", "-u"], takesValue: isUsbIds },
  value("--timeout", "-t"),
  value("--port", "-p"),
  value("--path"),
  value("--wait"),
  value("--libusb"),
  traceOption,
];

/**
 * Interprets the command line.
 * @param ids VID and PID if `-u` is missing or has no value
 * @throws UnbrickError `usage`
 */
export function interpret(
  given: Given,
  ids: { readonly vendorId: number; readonly productId: number },
): NxpOptions {
  if (given.has("--port")) {
    throw usage("-p (a serial port) is not offered: this camera is reached over USB, with -u.");
  }
  if (given.words.length === 0) throw usage("No command was given.");
  const timeout = given.value("--timeout");
  const wait = given.value("--wait");
  const timeoutMs = timeout === undefined ? undefined : cNumber(timeout, "-t");
  if (timeoutMs === 0) throw usage("-t 0 would leave no time to answer.");
  return {
    ...idsOf(given.value("--usb"), ids),
    path: given.value("--path"),
    timeoutMs,
    waitSeconds: wait === undefined ? undefined : cNumber(wait, "--wait"),
    allowed: new Set([...given.values("--allow-fuse"), ...given.values("--allow")]),
    libusb: given.value("--libusb"),
    command: given.words,
  };
}

/** Reads `0x1FC9,0x0135`, or a product id alone; always hexadecimal. */
function idsOf(text: string | undefined, ids: { vendorId: number; productId: number }) {
  if (text === undefined) return ids;
  if (!isUsbIds(text)) throw usage(`-u ${text}: USB ids look like 0x15A2,0x0073.`);
  const [first, second] = text.split(/[,:]/).map((part) => Number.parseInt(part, 16));
  return second === undefined
    ? { vendorId: ids.vendorId, productId: first }
    : { vendorId: first, productId: second };
}

/**
 * Returns the arguments of a sub-command by name. @throws UnbrickError `usage` for too few or too
 * many.
 */
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

/** Reads a 32-bit number as in C. @throws UnbrickError `usage` */
export function word(text: string, what: string): number {
  const value = cNumber(text, what);
  if (value > 0xffff_ffff) throw usage(`${what}: ${text} does not fit 32 bits.`);
  return value;
}
