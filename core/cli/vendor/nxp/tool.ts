import type { Clock } from "../../../common/clock.ts";
import type { UsbBus, UsbDevice } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import type { Context } from "../../context.ts";
import type { AdviceTable } from "../advice.ts";
import type { Option } from "../options.ts";
import { percentSteps, type ToolRun, type VendorTool, vendorTool } from "../tool.ts";
import { openDevice } from "./device.ts";
import { commonOptions, interpret, type NxpOptions } from "./options.ts";

/** What sdphost and blhost share. */

/** What the work of a sub-command may use. */
export interface NxpJob {
  readonly context: Context;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly options: NxpOptions;
  readonly device: UsbDevice;
  readonly bus: UsbBus;
  print(line: string): void;
  /** Shows NXP's running percentage, and ` Completed!` at the end. */
  progress(done: number, total: number): void;
  readonly console: Console;
}

type NxpWork = (job: NxpJob) => Promise<void>;

export interface NxpTool {
  readonly name: "sdphost" | "blhost";
  readonly vendorId: number;
  readonly productId: number;
  readonly help: string;
  readonly advice: AdviceTable;
  /** Options besides those of both tools. */
  readonly options?: readonly Option[];
  /**
   * Checks a sub-command and its files before searching for a device.
   * @returns what to do with the device
   * @throws UnbrickError `usage`, `not-found`, `bad-image`
   */
  prepare(options: NxpOptions, context: Context): NxpWork | Promise<NxpWork>;
}

/**
 * Returns one of NXP's tools. Unlike NXP's, every error of the device gives an exit code other than
 * 0.
 */
export function nxpTool(tool: NxpTool): VendorTool {
  const { name, help, advice } = tool;
  const options = [...commonOptions, ...tool.options ?? []];
  const work: Parameters<typeof vendorTool>[0]["work"] = async (given, run) =>
    await carryOut(tool, interpret(given, tool), run);
  return vendorTool({ name, help, options, words: "end", advice, work });
}

async function carryOut(
  tool: NxpTool,
  options: NxpOptions,
  { context, console }: ToolRun,
): Promise<void> {
  const work = await tool.prepare(options, context);
  const bus = await context.openUsbBus({ library: options.libusb });
  const { clock, signal, families } = context;
  try {
    const surroundings = { context, clock, signal, bus, console, options };
    const device = await openDevice({ ...surroundings, families }, options);
    try {
      await work({ ...surroundings, device, ...printer(console) });
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
    progress: percentSteps(1, (percent) => {
      const isEnd = percent === 100;
      console.write(`\r(1/1)${percent}%${isEnd ? " Completed!\n" : ""}`);
      isLineOpen = !isEnd;
    }),
  };
}

/** Returns a number without leading zeros, as NXP's tools print it: `0x88888888`. */
export const plainHex = (value: number) => `0x${value.toString(16)}`;

/** Returns bytes in rows of 16, as NXP's tools print memory. */
export function hexDump(bytes: Uint8Array): string[] {
  const rows = Math.ceil(bytes.length / 16);
  return Array.from({ length: rows }, (_, row) =>
    Array.from(
      bytes.subarray(16 * row, 16 * row + 16),
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join(" "));
}

/** Prints status 0 and the words after it. */
export function printSuccess(job: NxpJob, words: readonly number[] = []): void {
  job.print("Response status = 0 (0x0) Success.");
  words.forEach((value, at) =>
    job.print(`Response word ${at + 1} = ${value} (${plainHex(value)})`)
  );
}

/** Prints the result of a command that returns only a status. */
export function printGeneric(job: NxpJob): void {
  job.print(`Successful generic response to command '${job.options.command[0]}'`);
  printSuccess(job);
}
