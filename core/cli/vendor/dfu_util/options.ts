import { type DfuSeAddress, parseDfuSeAddress } from "./dfuse_address.ts";
import { type DeviceMatch, parseDeviceMatch } from "./device_match.ts";
import { cNumber } from "../number.ts";
import { flag, type Given, type Option, traceOption, usage, value } from "../options.ts";

/** The options of a dfu-util command line (dfu-dfuse.md C2). */
export interface DfuUtilOptions {
  readonly mode: "list" | "download" | "upload" | "detach" | "reset";
  /** `-D`, `-U`: the file; `-` is standard input. */
  readonly file?: string;
  readonly wait: boolean;
  /** `-R`: reset the device at the end. */
  readonly reset: boolean;
  readonly device?: DeviceMatch;
  /** `-p`, bus-port.port, as `1-1.3`. */
  readonly path?: string;
  readonly devnum?: number;
  readonly configuration?: number;
  readonly interfaceNumber?: number;
  /** `-a`: number, or name of the alternate setting. */
  readonly alternate?: number | string;
  /** `-S`: serial number in run-time mode, in DFU mode. */
  readonly serial?: readonly [runtime: string, dfu: string];
  readonly transferSize?: number;
  /** `-s` */
  readonly dfuse?: DfuSeAddress;
  /** `-Z`, bytes. */
  readonly uploadSize?: number;
  /**
   * `-E`: longest wait after a run-time DETACH, seconds. unbrick's ends as soon as the device is
   * back.
   */
  readonly detachDelay: number;
  /** `--timeout`, seconds; an option of unbrick. For `-w` and for a device that re-enumerates. */
  readonly timeout: number;
  readonly libusb?: string;
}

/** dfu-util waits forever; unbrick does not. Seconds. */
const WAIT_SECONDS = 600;

export const options: readonly Option[] = [
  flag("--help", "-h"),
  flag("--version", "-V"),
  flag("--verbose", "-v"),
  flag("--list", "-l"),
  flag("--detach", "-e"),
  value("--detach-delay", "-E"),
  value("--device", "-d"),
  value("--devnum", "-n"),
  value("--path", "-p"),
  value("--cfg", "-c"),
  value("--intf", "-i"),
  value("--serial", "-S"),
  value("--alt", "-a"),
  value("--transfer-size", "-t"),
  value("--upload", "-U"),
  value("--upload-size", "-Z"),
  value("--download", "-D"),
  flag("--reset", "-R"),
  flag("--wait", "-w"),
  value("--dfuse-address", "-s"),
  value("--timeout"),
  value("--libusb"),
  traceOption,
];

/** Interprets the command line. @throws UnbrickError `usage` */
export function interpret(given: Given): DfuUtilOptions {
  if (given.has("--upload") && given.has("--download")) {
    throw usage("-U and -D exclude one another.");
  }
  const number = (name: string) => {
    const text = given.value(name);
    return text === undefined ? undefined : cNumber(text, name);
  };
  const seconds = (name: string, otherwise: number) => {
    const text = given.value(name);
    if (text === undefined) return otherwise;
    if (!/^\d+(\.\d+)?$/.test(text)) throw usage(`${name} ${text} is not a number of seconds.`);
    return Number(text);
  };
  const text = given.value("--alt");
  const device = given.value("--device");
  const address = given.value("--dfuse-address");
  return {
    mode: modeOf(given),
    file: given.value("--download") ?? given.value("--upload"),
    wait: given.has("--wait"),
    reset: given.has("--reset"),
    device: device === undefined ? undefined : parseDeviceMatch(device),
    path: given.value("--path"),
    devnum: number("--devnum"),
    configuration: number("--cfg"),
    interfaceNumber: number("--intf"),
    alternate: text !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(text) ? cNumber(text, "-a") : text,
    serial: serialOf(given.value("--serial")),
    transferSize: number("--transfer-size"),
    dfuse: address === undefined ? undefined : parseDfuSeAddress(address),
    uploadSize: number("--upload-size"),
    detachDelay: seconds("--detach-delay", 5),
    timeout: seconds("--timeout", WAIT_SECONDS),
    libusb: given.value("--libusb"),
  };
}

function modeOf(given: Given): DfuUtilOptions["mode"] {
  const modes = ["list", "download", "upload", "detach", "reset"] as const;
  const mode = modes.find((one) => given.has(`--${one}`));
  if (mode) return mode;
  throw usage("Nothing to do: give one of -l, -D FILE, -U FILE, -e, -R.");
}

function serialOf(text: string | undefined): DfuUtilOptions["serial"] {
  if (text === undefined) return undefined;
  const [runtime, dfu = runtime] = text.split(",");
  return [runtime, dfu];
}
