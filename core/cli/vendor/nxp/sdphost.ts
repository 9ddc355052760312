import { isKind, UnbrickError } from "../../../common/errors.ts";
import { waitGone } from "../../../device/wait_gone.ts";
import { SdpClient, type SdpStatus } from "../../../protocols/sdp/client/sdp_client.ts";
import { ROM_PRODUCT_ID, ROM_VENDOR_ID } from "../../../protocols/sdp/packets/report.ts";
import {
  HAB_CLOSED,
  HAB_OPEN,
  habEventOf,
  WRITE_COMPLETE,
  WRITE_FILE_COMPLETE,
} from "../../../protocols/sdp/packets/words.ts";
import { writeNew } from "../../pages/output_file.ts";
import type { Context } from "../../context.ts";
import { sdphostAdvice } from "./advice.ts";
import { usage } from "../options.ts";
import { readPayload } from "../payload.ts";
import { type NxpOptions, takeArguments, word } from "./options.ts";
import type { VendorTool } from "../tool.ts";
import { hexDump, type NxpJob, nxpTool, plainHex } from "./tool.ts";

type Work = (client: SdpClient, job: NxpJob) => Promise<void>;

/** How long the ROM may take to leave the bus after an accepted jump, ms. */
const LEAVE_MS = 5_000;

const help = `Usage: unbrick sdphost [OPTIONS] [--] COMMAND [ARGUMENTS]

Accepts the command line of NXP's sdphost for the ROM of i.MX RT chips.

Commands:
  error-status                             Read the state of the chip
  write-file ADDRESS FILE [COUNT]          Send a file to RAM
  jump-address ADDRESS                     Start the image whose IVT is at ADDRESS
  read-register ADDRESS [FORMAT [COUNT [FILE]]]
                                           Read registers or RAM; FORMAT is 8, 16 or 32
  write-register ADDRESS FORMAT DATA       Write a register or RAM
  dcd-file ADDRESS FILE                    Send device configuration data
  skip-dcd-header                          Start the next image without its DCD

Options:
  -u, --usb VID,PID     USB ids (default 0x1FC9,0x0135)
  -t, --timeout MS      Deadline of each answer
      --path PORT       Port path, for example 1-1.3, if several devices match
      --wait SECONDS    How long to wait for the device (default 10)
      --libusb FILE     Use this libusb library
      --trace FILE      Record all traffic in FILE (pcapng), for Wireshark
  -V, -d                Accepted; has no effect
  -v, --version         Version
  -h, --help            This text

The exit code is 0 only if the chip has confirmed the command.
`;

export const sdphost: VendorTool = nxpTool({
  name: "sdphost",
  vendorId: ROM_VENDOR_ID,
  productId: ROM_PRODUCT_ID,
  help,
  advice: sdphostAdvice,
  prepare(options, context) {
    const work = commands[options.command[0]];
    if (!work) throw usage(`sdphost has no command ${options.command[0]}.`);
    const run = work(options, context);
    return async (job) => {
      const { signal } = job;
      await run(await SdpClient.open(job.device, { signal, timeoutMs: options.timeoutMs }), job);
    };
  },
});

const commands: Readonly<Record<string, (options: NxpOptions, context: Context) => Work>> = {
  "error-status": ({ command }) => {
    takeArguments(command, []);
    return async (client, job) => tell(job, await client.errorStatus(), describeEvent);
  },

  "write-file": ({ command }, context) => {
    const given = takeArguments(command, ["address", "file"], ["count"]);
    const address = word(given.address, "the address");
    const file = readPayload(given.file, context);
    const count = given.count === undefined ? file.length : word(given.count, "the count");
    if (count > file.length) throw usage(`${given.file} has only ${file.length} bytes.`);
    const bytes = file.subarray(0, count);
    return async (client, job) => {
      job.print(`Preparing to send ${count} (${plainHex(count)}) bytes to the target.`);
      const onProgress = (done: number) => job.progress(done, count);
      const status = await client.writeFile(address, bytes, onProgress);
      tell(job, status, () => "Write File complete.");
    };
  },

  "jump-address": ({ command }) => {
    const address = word(takeArguments(command, ["address"]).address, "the address");
    return async (client, job) => {
      const habMode = await client.jumpAddress(address);
      await left(job);
      if (habMode) printHabMode(job, habMode);
    };
  },

  "read-register": ({ command }) => {
    const given = takeArguments(command, ["address"], ["format", "count", "file"]);
    const address = word(given.address, "the address");
    const format = formatOf(given.format ?? "32");
    const count = given.count === undefined ? format / 8 : word(given.count, "the count");
    return async (client, job) => {
      const bytes = await client.readRegister(address, count, format);
      if (given.file !== undefined) writeNew(given.file, bytes);
      else hexDump(bytes).forEach((row) => job.print(row));
      job.print(`Read ${count} of ${count} bytes.`);
    };
  },

  "write-register": ({ command }) => {
    const given = takeArguments(command, ["address", "format", "data"]);
    const address = word(given.address, "the address");
    const format = formatOf(given.format);
    const data = word(given.data, "the data");
    return async (client, job) => {
      tell(job, await client.writeRegister(address, data, format), () => "Write complete.");
    };
  },

  "dcd-file": ({ command }, context) => {
    const given = takeArguments(command, ["address", "file"]);
    const address = word(given.address, "the address");
    const bytes = readPayload(given.file, context);
    return async (client, job) => {
      tell(job, await client.writeDcd(address, bytes), () => "Write complete.");
    };
  },

  "skip-dcd-header": ({ command }) => {
    takeArguments(command, []);
    return async (client, job) => tell(job, await client.skipDcdHeader(), () => "OK.");
  },
};

/** Prints NXP's two lines, with NXP's spelling, for scripts that search for them. */
function tell(job: NxpJob, status: SdpStatus, meaning: (word: number) => string): void {
  printHabMode(job, status.habMode);
  const text = meaning(status.word);
  job.print(`Reponse Status = ${status.word} (${plainHex(status.word)})${text && ` ${text}`}`);
}

function printHabMode(job: NxpJob, mode: SdpStatus["habMode"]): void {
  const value = mode === "open" ? HAB_OPEN : HAB_CLOSED;
  const text = mode === "open" ? "HAB disabled." : "HAB enabled.";
  job.print(`Status (HAB mode) = ${value} (${plainHex(value)}) ${text}`);
}

function describeEvent(word: number): string {
  if (word === 0 || word === WRITE_COMPLETE || word === WRITE_FILE_COMPLETE) return "";
  const { status, reason, context } = habEventOf(word);
  return `HAB ${status}: ${reason} (${context}).`;
}

/**
 * Waits until the ROM has left. @throws UnbrickError `timeout` if it stays: then nothing was
 * started.
 */
async function left(job: NxpJob): Promise<void> {
  try {
    await waitGone(job.device.info, job, LEAVE_MS);
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    const message = "The ROM did not refuse the jump and stayed all the same.";
    throw new UnbrickError("timeout", message, { milliseconds: LEAVE_MS }, { cause: error });
  }
}

function formatOf(text: string): 8 | 16 | 32 {
  if (text === "8" || text === "16" || text === "32") return Number(text) as 8 | 16 | 32;
  throw usage(`The format is 8, 16 or 32, not ${text}.`);
}
