import { IspClient } from "../../../protocols/alif_isp/client/isp_client.ts";
import {
  type FoundEnclave,
  identifyEnclave,
  reachEnclave,
} from "../../../protocols/alif_isp/client/connect.ts";
import { DEFAULT_BAUD } from "../../../protocols/alif_isp/packets/command.ts";
import { UnbrickError } from "../../../common/errors.ts";
import type { Context } from "../../context.ts";
import { flag, type Given, type Option, traceOption, usage, value } from "../options.ts";
import { percentSteps, type ToolRun, type VendorTool, vendorTool } from "../tool.ts";
import type { AdviceTable } from "../advice.ts";
import { alifAdvice } from "./advice.ts";
import { savePort } from "./config_files.ts";
import { choosePort, serialBus } from "./port.ts";

/** What the command lines of Alif's SE Tools share: options, the port, progress. */

interface AlifTool {
  readonly name: string;
  readonly help: string;
  /** Undefined: the advice of a tool that uses the camera. */
  readonly advice?: AdviceTable;
  /** Options besides `--help` and `--verbose`. */
  readonly options: readonly Option[];
  /** True if words outside options have a meaning; otherwise they are refused. */
  readonly takesWords?: boolean;
  /** Checks files and values without using a port, then returns the work. */
  prepare(given: Given, job: AlifJob): AlifWork | Promise<AlifWork>;
}

type AlifWork = () => Promise<void>;

/** What the work of a tool may use. */
export interface AlifJob extends ToolRun {
  /** The current folder, which contains the configuration files and `alif/`. */
  readonly folder: string;
  progress(what: string): (done: number, total: number) => void;
  /** Opens the port for `work` without sending anything to the device. */
  withPort<T>(given: Given, work: (client: IspClient) => Promise<T>): Promise<T>;
  /**
   * Like withPort, with an identified enclave. @throws UnbrickError `timeout` if it does not
   * answer.
   */
  withEnclave<T>(
    given: Given,
    work: (client: IspClient, found: FoundEnclave) => Promise<T>,
  ): Promise<T>;
}

/** Options of every tool. */
const commonOptions: readonly Option[] = [flag("--help", "-h"), flag("--verbose", "-v")];

/** Options of the tools that talk to the camera. */
export const portOptions: readonly Option[] = [
  value("--port", "-c", "--comport"),
  flag("--discover", "-d"),
  value("--baudrate", "-b"),
  traceOption,
];

/** Their help lines, with those of every tool. */
export const portHelp = `  -c, --port, --comport PORT
                          The serial port
  -d, --discover          Do not take the port that isp_config_data.cfg names
  -b, --baudrate 55000    The rate at the start; another one is refused
      --trace FILE        Record all traffic in FILE (pcapng), for Wireshark
  -v, --verbose           Accepted; has no effect
  -h, --help              This text
`;

/**
 * Returns a tool. Unlike the vendor's, every refusal and every missing answer gives an exit code
 * other than 0.
 */
export function alifTool(tool: AlifTool): VendorTool {
  const { name, help, options, takesWords, advice = alifAdvice, prepare } = tool;
  return vendorTool({
    name,
    help,
    advice,
    options: [...commonOptions, ...options],
    words: takesWords ? "kept" : "refused",
    async work(given, run) {
      refuseOtherRate(given);
      await (await prepare(given, makeJob(run)))();
    },
  });
}

function refuseOtherRate(given: Given): void {
  const rate = given.value("--baudrate");
  if (rate !== undefined && Number(rate) !== DEFAULT_BAUD) {
    throw usage(
      `The enclave of an AE3 begins at ${DEFAULT_BAUD} baud; -b ${rate} would not reach it.`,
    );
  }
}

function makeJob(run: ToolRun): AlifJob {
  const { context, print } = run;
  const folder = workingFolder(context);
  const job: AlifJob = {
    ...run,
    folder,
    progress: (what) => percentSteps(10, (percent) => print(`${what}: ${percent} %`)),
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

const workingFolder = ({ workingFolder }: Context) => workingFolder ?? Deno.cwd();

export function silent({ port: { info: { path } }, link }: IspClient): UnbrickError {
  return new UnbrickError(
    "timeout",
    `Target did not respond: nothing behind ${path} answers as a Secure Enclave.`,
    { path, heard: link.heard || null },
  );
}
