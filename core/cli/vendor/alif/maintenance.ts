import { seromErrorText } from "../../../protocols/alif_isp/packets/boot_error.ts";
import { refuseForeignChip } from "../../../protocols/alif_isp/client/chip_check.ts";
import type { IspClient } from "../../../protocols/alif_isp/client/isp_client.ts";
import {
  callHardMaintenance,
  enterMaintenance,
  type FoundEnclave,
  identifyEnclave,
  waitForStart,
} from "../../../protocols/alif_isp/client/connect.ts";
import { notStarted, recoverSystemPackage } from "../../../protocols/alif_isp/client/recover.ts";
import {
  cpuName,
  lifeCycleName,
  versionText,
} from "../../../protocols/alif_isp/packets/replies.ts";
import { withDeadline } from "../../../common/clock.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import { saveDevice } from "./config_files.ts";
import { type Given, usage, value } from "../options.ts";
import { packageFromFolder, refuseOtherVersion } from "./packages.ts";
import type { VendorTool } from "../tool.ts";
import { type AlifJob, alifTool, portHelp, portOptions, silent } from "./tool.ts";

const help = `Usage: unbrick maintenance [-opt FUNCTION] [OPTIONS]

Accepts the functions of Alif's maintenance that a recovery needs. Without -opt, it finds the device,
writes isp_config_data.cfg and global-cfg.db for the other tools, and shows what it found.

  sesbanner, getbanner    Version of the Secure Enclave's firmware
  getrevision             Part, silicon, root keys, life-cycle state
  devenquiry              The program that answers, and its error
  gettoc                  Table of contents as the enclave found it
  getmramdata             Tables in MRAM
  getcpustatus            State of the processors
  getlog                  Boot messages
  softmaint               Restart without an application
  hardmaint               The same for a device that does not answer; someone must reset it
  recovery                Write the system package through the chip's ROM
  devreset                Reset the device

  -opt, -o, --opt, --option FUNCTION
                          The function to run
${portHelp}
The exit code is 0 only if the device has answered.

Examples:
  unbrick maintenance
  unbrick maintenance -opt sesbanner
  unbrick maintenance -opt recovery
`;

/** How long to call a device that someone must reset, ms (as long as the vendor's front end). */
const HARD_MS = 300_000;

type Function = (client: IspClient, found: FoundEnclave, job: AlifJob) => Promise<void>;

const functions: Readonly<Record<string, Function>> = {
  sesbanner: printBanner,
  getbanner: printBanner,
  getrevision: (_client, { revision }, job) => {
    const { part, name, hbk0, hbk1, serial, lifeCycle } = revision;
    job.print(`Part      ${part || "none"}`);
    job.print(`Silicon   ${name}`);
    job.print(`HBK0      ${hbk0.toHex()}`);
    job.print(`HBK1      ${hbk1.toHex()}`);
    job.print(`Serial    ${serial}`);
    job.print(`LCS       ${lifeCycle} (${lifeCycleName(lifeCycle)})`);
    return Promise.resolve();
  },
  devenquiry: (_client, { enquiry }, job) => {
    const { source, error, extendedError, isMaintenance } = enquiry;
    job.print(`${source} answers, error ${hex(error)}, extended error ${hex(extendedError)}`);
    if (source === "SEROM") job.print(`It started no firmware, because ${seromErrorText(error)}.`);
    else job.print(`Maintenance mode: ${isMaintenance ? "yes" : "no"}`);
    return Promise.resolve();
  },
  gettoc: async (client, _found, job) => {
    job.print("Name      CPU     Store       Object      Boot        Size      Version   Flags");
    for (const entry of await client.tocInfo()) {
      const { name, isRunning, cpu, storeAddress, objectAddress, bootAddress } = entry;
      const { size, version, flags } = entry;
      const columns = [
        `${isRunning ? "* " : ""}${name}`.padEnd(9),
        cpuName(cpu).padEnd(7),
        ...[storeAddress, objectAddress, bootAddress].map((value) => hex(value).padEnd(11)),
        `${size}`.padEnd(9),
        versionText(version).padEnd(9),
        flags,
      ];
      job.print(columns.join(" ").trimEnd());
    }
  },
  getmramdata: async (client, _found, job) => {
    for (const { address, type, magic, entries } of await client.mramTables()) {
      const kind = ["STOC", "ATOC", "MTOC"][type] ?? `type ${type}`;
      job.print(`${kind} ${magic} at ${hex(address)}, ${entries} entries`);
    }
  },
  getcpustatus: async (client, _found, job) => {
    for (const { cpu, isBooted, bootAddress } of await client.cpuStatus()) {
      job.print(
        `${cpuName(cpu).padEnd(7)} ${isBooted ? `booted at ${hex(bootAddress)}` : "not booted"}`,
      );
    }
  },
  getlog: async (client, _found, job) => job.print(await client.log() || "The log is empty."),
  softmaint: async (client, _found, job) => {
    await enterMaintenance(client);
    job.print("The device is in maintenance mode: no application runs.");
  },
  recovery,
  devreset: async (client, _found, job) => {
    await client.reset();
    await waitForStart(client);
    job.print("The device was reset and answers again.");
  },
};

export const maintenance: VendorTool = alifTool({
  name: "maintenance",
  help,
  options: [...portOptions, value("--option", "-opt", "--opt", "-o")],
  prepare(given, job) {
    const name = given.value("--option");
    if (name === "hardmaint") return () => hardMaintenance(given, job);
    if (name === undefined) {
      return () => job.withEnclave(given, (client, found) => setUp(client, found, job));
    }
    const work = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!work) {
      throw usage(`-opt ${name}: there is ${[...Object.keys(functions), "hardmaint"].join(", ")}.`);
    }
    return () => job.withEnclave(given, (client, found) => work(client, found, job));
  },
});

function printBanner(_client: IspClient, { banner, enquiry }: FoundEnclave, job: AlifJob) {
  if (banner !== undefined) return Promise.resolve(job.print(banner));
  throw new UnbrickError(
    "device-status",
    `Device connected in Recovery mode: the chip's ROM answers, because ${
      seromErrorText(enquiry.error)
    }.`,
    { error: enquiry.error },
  );
}

/** Connects for the first time and saves what the other tools need. */
async function setUp(client: IspClient, found: FoundEnclave, job: AlifJob): Promise<void> {
  await functions.devenquiry(client, found, job);
  await functions.getrevision(client, found, job);
  if (found.banner) job.print(found.banner);
  refuseForeignChip(found);
  const { part, name } = found.revision;
  if (part) saveDevice(job.folder, part, name);
  job.print(`isp_config_data.cfg names ${client.port.info.path} for the other tools.`);
}

async function hardMaintenance(given: Given, job: AlifJob) {
  const { clock, signal } = job.context;
  await job.withPort(given, async (client) => {
    job.print("Leave the recovery switch on and press the camera's button now.");
    const what = "the device to be reset";
    await withDeadline(
      clock,
      { ms: HARD_MS, what, signal },
      (signal) => callHardMaintenance(client, signal),
    );
    const { revision } = await identifyEnclave(client);
    job.print(`The ${revision.part || "device"} is in maintenance mode: no application runs.`);
  });
}

/** Sends the package to the chip's ROM line by line (alif-isp.md C.6). */
async function recovery(client: IspClient, found: FoundEnclave, job: AlifJob): Promise<void> {
  if (found.enquiry.source !== "SEROM") {
    throw new UnbrickError(
      "usage",
      `Device not in Recovery mode: its own firmware answers (${found.banner}).`,
    );
  }
  refuseForeignChip(found);
  const system = packageFromFolder(job.folder, job.context, found, client.port.info);
  job.print(`Writing ${system.image.name}, version ${system.version}.`);
  await recoverSystemPackage(client, system, {
    signal: job.context.signal,
    onProgress: job.progress("Writing the system package"),
  });
  await client.reset();
  await waitForStart(client).catch(() => {
    throw silent(client);
  });
  const started = await identifyEnclave(client);
  const { enquiry, banner } = started;
  if (enquiry.source === "SEROM") throw notStarted(seromErrorText(enquiry.error), enquiry.error);
  refuseOtherVersion(started, system);
  job.print(`The chip's ROM checked one of the package's two copies and runs it: ${banner}.`);
  job.print("Unplug the camera and plug it in again, with the recovery switch still on.");
  job.print("Then have all of the package checked and written with: unbrick updateSystemPackage");
}
