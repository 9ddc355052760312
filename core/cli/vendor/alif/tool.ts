import { IspClient } from "../../../protocols/alif_isp/client/isp_client.ts";
import {
  type FoundEnclave,
  identifyEnclave,
  reachEnclave,
} from "../../../protocols/alif_isp/client/connect.ts";
import { DEFAULT_BAUD } from "../../../protocols/alif_isp/packets/command.ts";
import { parts } from "../../../protocols/alif_isp/packets/memory_map.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { hasSimulationMark } from "../../../image/simulation_mark.ts";
import { readFile } from "../../../image/files.ts";
import type { SerialBus, SerialPortInfo } from "../../../transport/serial/port.ts";
import type { Console } from "../../terminal/console.ts";
import type { Context } from "../../context.ts";
import { tellForeignFailure } from "../vendor_failure.ts";
import { refuseUnsignedFile } from "../../images/signed_files.ts";
import { savedPort, savePort } from "./config_files.ts";
import { type AlifOption, commonOptions, type Given, parseAlifOptions, usage } from "./options.ts";

/** What the command lines of Alif's SE Tools share: options, the port, errors. */

export interface AlifTool {
  readonly name: string;
  readonly help: string;
  readonly options: readonly AlifOption[];
  /** Words that belong to no option mean something; else they are refused. */
  readonly takesWords?: boolean;
  /** Checks files and values, then returns what to do; touches no port before that. */
  prepare(given: Given, job: AlifJob): () => Promise<void>;
}

/** What a tool may use. */
export interface AlifJob {
  readonly context: Context;
  /** Where it was started: the configuration files and `alif/` are there. */
  readonly folder: string;
  readonly console: Console;
  print(line: string): void;
  progress(what: string): (done: number, total: number) => void;
  /** Opens the port for `work`, without a word to the device. */
  withPort<T>(given: Given, work: (client: IspClient) => Promise<T>): Promise<T>;
  /** As withPort, with an enclave that has said who it is. @throws UnbrickError `timeout` if silent. */
  withEnclave<T>(
    given: Given,
    work: (client: IspClient, found: FoundEnclave) => Promise<T>,
  ): Promise<T>;
}

/** Unlike the vendor's, every refusal and every missing answer gives an exit code other than 0. */
export async function runAlifTool(
  tool: AlifTool,
  argv: readonly string[],
  context: Context,
  folder: string = Deno.cwd(),
): Promise<number> {
  const console = context.openConsole({ colour: false });
  try {
    const given = parseAlifOptions(argv, [...commonOptions, ...tool.options]);
    if (given.has("--help")) console.write(tool.help);
    else {
      refuseOtherRate(given);
      if (!tool.takesWords && given.words.length > 0) {
        throw usage(`${given.words[0]} belongs to no option.`);
      }
      await tool.prepare(given, makeJob(context, folder, console))();
    }
    return 0;
  } catch (thrown) {
    return tellForeignFailure(thrown, tool.name, context, console).exitCode;
  }
}

function refuseOtherRate({ values }: Given): void {
  const rate = values.get("--baudrate");
  if (rate !== undefined && Number(rate) !== DEFAULT_BAUD) {
    throw usage(
      `The enclave of an AE3 begins at ${DEFAULT_BAUD} baud; -b ${rate} would not reach it.`,
    );
  }
}

function makeJob(context: Context, folder: string, console: Console): AlifJob {
  const print = (line: string) => console.write(`${line}\n`);
  const job: AlifJob = {
    context,
    folder,
    console,
    print,
    progress(what) {
      let told = -1;
      return (done, total) => {
        const percent = Math.floor(100 * done / total);
        if (percent < told + 10) return;
        told = percent - percent % 10;
        print(`${what}: ${told} %`);
      };
    },
    async withPort(given, work) {
      const bus = await serialBus(context);
      const info = await choosePort(bus, given, folder);
      const port = await bus.open(info, { baudRate: DEFAULT_BAUD });
      try {
        const { clock, signal } = context;
        const onPrint = (text: string) => print(`The Secure Enclave says: ${text}`);
        return await work(new IspClient({ port, clock, signal, onPrint }));
      } finally {
        await port.close();
      }
    },
    withEnclave: (given, work) =>
      job.withPort(given, async (client) => {
        if (!await reachEnclave(client)) throw silent(client);
        const found = await identifyEnclave(client);
        savePort(folder, client.port.info.path);
        return await work(client, found);
      }),
  };
  return job;
}

async function serialBus(context: Context): Promise<SerialBus> {
  const bus = await context.openSerialBus?.();
  if (bus) return bus;
  throw new UnbrickError("driver", "This system gives no access to serial ports.");
}

/** `--port`, else the one of isp_config_data.cfg, else the only adapter that can be an AE3's. */
async function choosePort(bus: SerialBus, given: Given, folder: string): Promise<SerialPortInfo> {
  const ports = await bus.list();
  const wanted = given.values.get("--port");
  if (wanted !== undefined) {
    const names = [wanted, wanted.toUpperCase(), linkTarget(wanted)];
    const found = ports.find(({ path }) => names.includes(path));
    if (found) return found;
    const known = ports.map(({ path }) => path).join(", ") || "none";
    throw new UnbrickError("not-found", `There is no serial port ${wanted}; there is: ${known}.`, {
      port: wanted,
    });
  }
  const candidates = ports.filter(({ usb }) =>
    parts.some((one) => one.vendorId === usb?.vendorId && one.productId === usb.productId)
  );
  const saved = savedPort(folder);
  const [only, ...others] = candidates;
  const remembered = ports.find(({ path }) => path === saved);
  if (remembered && !given.has("--discover")) return remembered;
  if (!only) {
    throw new UnbrickError(
      "not-found",
      "No serial adapter of an AE3 is there (0403:6015 or 1A86:55D3): set the camera's recovery " +
        "switch to on while it is unplugged, then plug it in.",
    );
  }
  if (others.length === 0) return only;
  const paths = candidates.map(({ path }) => path).join(", ");
  throw new UnbrickError(
    "consent-needed",
    `${candidates.length} serial adapters may be an AE3's (${paths}): choose one with --port.`,
    { ports: paths },
  );
}

/** What `/dev/serial/by-id/…` stands for; undefined if it is no such name. */
function linkTarget(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}

export function silent({ port: { info: { path } }, link }: IspClient): UnbrickError {
  return new UnbrickError(
    "timeout",
    `Target did not respond: nothing behind ${path} answers as a Secure Enclave.`,
    { path, heard: link.heard || null },
  );
}

/** Largest file that any of the tools takes. */
const LARGEST_FILE = 0x100_0000;

/** A file to be sent. @throws UnbrickError `not-found`, `bad-image` (also for simulation-only ones). */
export function readPayload(path: string, context: Context): Uint8Array {
  const bytes = readFile(path, LARGEST_FILE);
  refuseUnsignedFile(context, bytes, path);
  if (bytes.length === 0) throw new UnbrickError("bad-image", `${path} is empty.`, { file: path });
  if (!hasSimulationMark(bytes)) return bytes;
  throw new UnbrickError(
    "bad-image",
    `${path} is made for simulated cameras only and never written to a real one.`,
    { file: path, simulationOnly: true },
  );
}
