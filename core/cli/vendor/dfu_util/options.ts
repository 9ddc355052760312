import { UnbrickError } from "../../../common/errors.ts";
import { type DfuSeAddress, parseDfuSeAddress } from "./dfuse_address.ts";
import { type DeviceMatch, parseDeviceMatch } from "./device_match.ts";
import { getopt, type Option } from "./getopt.ts";
import { cNumber } from "./number.ts";

/** What a dfu-util command line asks for (dfu-dfuse.md C2). */
export interface DfuUtilOptions {
  readonly mode: "list" | "download" | "upload" | "detach" | "reset" | "version" | "help";
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
  /** `-E`: longest wait after a run-time DETACH, seconds. Here it ends as soon as the device is back. */
  readonly detachDelay: number;
  /** `--timeout`, seconds; ours. For `-w` and for a device that re-enumerates. */
  readonly timeout: number;
  readonly libusb?: string;
}

/** dfu-util waits for ever; we do not. Seconds. */
const WAIT_SECONDS = 600;

const value = (short: string | undefined, long: string): Option => ({
  short,
  long,
  takesValue: true,
});
const flag = (short: string, long: string): Option => ({ short, long, takesValue: false });

const options = [
  flag("h", "help"),
  flag("V", "version"),
  flag("v", "verbose"),
  flag("l", "list"),
  flag("e", "detach"),
  value("E", "detach-delay"),
  value("d", "device"),
  value("n", "devnum"),
  value("p", "path"),
  value("c", "cfg"),
  value("i", "intf"),
  value("S", "serial"),
  value("a", "alt"),
  value("t", "transfer-size"),
  value("U", "upload"),
  value("Z", "upload-size"),
  value("D", "download"),
  flag("R", "reset"),
  flag("w", "wait"),
  value("s", "dfuse-address"),
  value(undefined, "timeout"),
  value(undefined, "libusb"),
] as const;

/** @throws UnbrickError `usage` */
export function parseDfuUtil(argv: readonly string[]): DfuUtilOptions {
  const given = new Map<string, string>();
  for (const { name, value = "" } of getopt(argv, options)) {
    const other = { upload: "download", download: "upload" }[name];
    if (other && given.has(other)) throw usage("-U and -D exclude one another.");
    given.set(name, value);
  }
  const number = (name: string) => {
    const text = given.get(name);
    return text === undefined ? undefined : cNumber(text, `--${name}`);
  };
  const seconds = (name: string, otherwise: number) => {
    const text = given.get(name);
    if (text === undefined) return otherwise;
    if (!/^\d+(\.\d+)?$/.test(text)) throw usage(`--${name} ${text} is not a number of seconds.`);
    return Number(text);
  };
  const text = given.get("alt");
  const device = given.get("device");
  const address = given.get("dfuse-address");
  return {
    mode: modeOf(given),
    file: given.get("download") ?? given.get("upload"),
    wait: given.has("wait"),
    reset: given.has("reset"),
    device: device === undefined ? undefined : parseDeviceMatch(device),
    path: given.get("path"),
    devnum: number("devnum"),
    configuration: number("cfg"),
    interfaceNumber: number("intf"),
    alternate: text !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(text) ? cNumber(text, "-a") : text,
    serial: serialOf(given.get("serial")),
    transferSize: number("transfer-size"),
    dfuse: address === undefined ? undefined : parseDfuSeAddress(address),
    uploadSize: number("upload-size"),
    detachDelay: seconds("detach-delay", 5),
    timeout: seconds("timeout", WAIT_SECONDS),
    libusb: given.get("libusb"),
  };
}

function modeOf(given: ReadonlyMap<string, string>): DfuUtilOptions["mode"] {
  const modes = ["help", "version", "list", "download", "upload", "detach", "reset"] as const;
  const mode = modes.find((one) => given.has(one));
  if (mode) return mode;
  throw usage("Nothing to do: say one of -l, -D FILE, -U FILE, -e, -R.");
}

function serialOf(text: string | undefined): DfuUtilOptions["serial"] {
  if (text === undefined) return undefined;
  const [runtime, dfu = runtime] = text.split(",");
  return [runtime, dfu];
}

function usage(message: string): UnbrickError {
  return new UnbrickError("usage", message);
}
