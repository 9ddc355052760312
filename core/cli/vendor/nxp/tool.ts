import type { Clock } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import { type Found, lookUntil } from "../../../device/look_until.ts";
import { readFile } from "../../../image/files.ts";
import { hasSimulationMark } from "../../../image/simulation_mark.ts";
import type { UsbBus, UsbDevice, UsbDeviceInfo } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import type { Context } from "../../context.ts";
import { tellForeignFailure } from "../vendor_failure.ts";
import { refuseUnsignedFile } from "../../images/signed_files.ts";
import { type NxpOptions, parseNxpOptions } from "./options.ts";

/** What sdphost and blhost share: finding the device, files, errors. */

/** More than any memory of the chip. */
const LARGEST_FILE = 0x1000_0000;

/** What a sub-command may use. */
export interface NxpJob {
  readonly context: Context;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly options: NxpOptions;
  readonly device: UsbDevice;
  readonly bus: UsbBus;
  print(line: string): void;
  /** NXP's running percentage; ` Completed!` at the end. */
  progress(done: number, total: number): void;
  readonly console: Console;
}

export interface NxpTool {
  readonly name: "sdphost" | "blhost";
  readonly vendorId: number;
  readonly productId: number;
  readonly help: string;
  /**
   * Checks a sub-command and its files before a device is looked for.
   * @returns what to do with the device
   * @throws UnbrickError `usage`, `not-found`, `bad-image`
   */
  prepare(options: NxpOptions, context: Context): (job: NxpJob) => Promise<void>;
}

/**
 * Carries out a command line of one of NXP's tools. Unlike those, every error of the device gives an
 * exit code other than 0 (docs/reference.md lists them).
 */
export async function runNxpTool(
  tool: NxpTool,
  argv: readonly string[],
  context: Context,
): Promise<number> {
  const console = context.openConsole({ colour: false });
  try {
    const options = parseNxpOptions(argv, tool);
    if (options.show === "help") console.write(tool.help);
    else if (options.show === "version") {
      console.write(`unbrick ${context.version} in the manner of ${tool.name}\n`);
    } else await carryOut(tool, options, context, console);
    return 0;
  } catch (thrown) {
    return tellForeignFailure(thrown, tool.name, context, console).exitCode;
  }
}

async function carryOut(
  tool: NxpTool,
  options: NxpOptions,
  context: Context,
  console: Console,
): Promise<void> {
  const work = tool.prepare(options, context);
  const bus = await context.openUsbBus({ library: options.libusb });
  const { clock, signal } = context;
  try {
    const device = await openDevice({ bus, clock, signal, console }, options);
    try {
      const surroundings = { context, clock, signal, options, device, bus, console };
      await work({ ...surroundings, ...printer(console) });
    } finally {
      await device.close();
    }
  } finally {
    await bus.close();
  }
}

function printer(console: Console): Pick<NxpJob, "print" | "progress"> {
  let isLineOpen = false;
  return {
    print: (line) => {
      console.write(`${isLineOpen ? "\n" : ""}${line}\n`);
      isLineOpen = false;
    },
    progress: (done, total) => {
      const isEnd = done === total;
      console.write(`\r(1/1)${Math.floor(100 * done / total)}%${isEnd ? " Completed!\n" : ""}`);
      isLineOpen = !isEnd;
    },
  };
}

/** @throws UnbrickError `timeout`, `consent-needed` (several fit), or why it cannot be opened. */
async function openDevice(
  { bus, clock, signal, console }: Pick<NxpJob, "bus" | "clock" | "signal" | "console">,
  { vendorId, productId, path, waitSeconds }: NxpOptions,
): Promise<UsbDevice> {
  const id = usbId(vendorId, productId);
  const until = clock.now() + waitSeconds * 1000;
  let isTold = waitSeconds === 0;
  return await lookUntil(async () => {
    const found = (await bus.list()).filter((info) =>
      info.descriptor.idVendor === vendorId && info.descriptor.idProduct === productId &&
      (path === undefined || info.portPath === path)
    );
    if (found.length > 1) throw several(found);
    const opened = found.length === 1 ? await tryToOpen(bus, found[0]) : {};
    if (!opened.found && !isTold) console.write(`Waiting for the USB device ${id}\n`);
    isTold = true;
    return opened;
  }, { bus, clock, signal, until: () => until, late: () => nothingCame(id, waitSeconds) });
}

async function tryToOpen(bus: UsbBus, info: UsbDeviceInfo): Promise<Found<UsbDevice>> {
  try {
    return { found: await bus.open(info) };
  } catch (error) {
    if (isKind(error, "permission", "driver", "busy", "disconnected")) return { blocked: error };
    throw error;
  }
}

function nothingCame(id: string, seconds: number): UnbrickError {
  return new UnbrickError(
    "timeout",
    `Waited ${seconds} s for the USB device ${id}, and none came.`,
    {
      usbId: id,
      seconds,
    },
  );
}

function several(found: readonly UsbDeviceInfo[]): UnbrickError {
  const ports = found.map(({ portPath }) => portPath).join(", ");
  return new UnbrickError(
    "consent-needed",
    `${found.length} such devices are on the bus (ports ${ports}): choose one with --path PORT.`,
    { ports },
  );
}

/** A file to be sent. @throws UnbrickError `not-found`, `bad-image`. */
export function readPayload(path: string, context: Context): Uint8Array {
  const bytes = readFile(path, LARGEST_FILE);
  refuseUnsignedFile(context, bytes, path);
  if (bytes.length === 0) throw new UnbrickError("bad-image", `${path} is empty.`, { file: path });
  if (hasSimulationMark(bytes)) {
    throw new UnbrickError(
      "bad-image",
      `${path} is made for simulated cameras only and never written to a real one.`,
      { file: path, simulationOnly: true },
    );
  }
  return bytes;
}

/** `0x88888888` without leading zeros, as NXP's tools print numbers. */
export const plainHex = (value: number) => `0x${value.toString(16)}`;

/** Bytes in rows of 16, as NXP's tools print memory. */
export function hexDump(bytes: Uint8Array): string[] {
  const rows = Math.ceil(bytes.length / 16);
  return Array.from({ length: rows }, (_, row) =>
    Array.from(
      bytes.subarray(16 * row, 16 * row + 16),
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join(" "));
}

/** Status 0 and the words behind it. */
export function printSuccess(job: NxpJob, words: readonly number[] = []): void {
  job.print("Response status = 0 (0x0) Success.");
  words.forEach((value, at) =>
    job.print(`Response word ${at + 1} = ${value} (${plainHex(value)})`)
  );
}

/** The end of a command that is answered with a status alone. */
export function printGeneric(job: NxpJob): void {
  job.print(`Successful generic response to command '${job.options.command[0]}'`);
  printSuccess(job);
}
