import { UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import { lookUntil } from "../../../device/look_until.ts";
import type { UsbBus } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import { type Candidate, CandidateFinder, type Candidates } from "./candidates.ts";
import type { DfuUtilOptions } from "./options.ts";
import type { Clock } from "../../../common/clock.ts";

export interface Surroundings {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly console: Console;
}

/**
 * The one alternate setting that the options mean.
 * @throws UnbrickError `not-found`, `timeout` (`-w`), `consent-needed` (several fit), or why the device
 * cannot be opened
 */
export async function findTarget(
  surroundings: Surroundings,
  options: DfuUtilOptions,
): Promise<Candidate> {
  const { bus, clock, signal, console } = surroundings;
  const finder = new CandidateFinder(bus, options, clock);
  const first = await finder.find(signal);
  if (first.found.length > 0) return pick(first, options);
  if (!options.wait) {
    if (first.blocked.length > 0) throw first.blocked[0].error;
    throw new UnbrickError("not-found", "No DFU capable USB device available.");
  }
  console.write("Waiting for device, exit with ctrl-C\n");
  return pick(await waitForCandidates(surroundings, options, finder), options);
}

/** @throws UnbrickError `timeout` after `--timeout`, or why a fitting device cannot be opened */
export async function waitForCandidates(
  { bus, clock, signal }: Surroundings,
  options: DfuUtilOptions,
  finder = new CandidateFinder(bus, options, clock),
): Promise<Candidates> {
  const until = clock.now() + options.timeout * 1000;
  return await lookUntil(async () => {
    const candidates = await finder.find(signal);
    if (candidates.found.length > 0) return { found: candidates };
    // One that does not answer may be anything that lies around here, unless its port was named.
    const isNamed = options.path !== undefined;
    const blocked = candidates.blocked.find(({ error }) => isNamed || error.kind !== "timeout");
    return { blocked: blocked?.error };
  }, {
    bus,
    clock,
    signal,
    until: () => until,
    late: () =>
      new UnbrickError(
        "timeout",
        `Waited ${options.timeout} s for a DFU device, and none came.`,
        { what: "a DFU device", seconds: options.timeout },
      ),
  });
}

/** The only candidate. Where the alternate setting does not matter, the first of the only device. */
export function pick({ found }: Candidates, options: DfuUtilOptions): Candidate {
  const needsAlternate = options.mode === "download" || options.mode === "upload";
  const devices = new Set(found.map(({ info }) => info.portPath));
  if (devices.size === 1 && (found.length === 1 || !needsAlternate)) return found[0];
  const list = found.map(({ info, bAlternateSetting, name }) =>
    `${usbId(info.descriptor.idVendor, info.descriptor.idProduct)} path ${info.portPath} ` +
    `alt ${bAlternateSetting}${name === undefined ? "" : ` "${name}"`}`
  );
  throw new UnbrickError(
    "consent-needed",
    `More than one DFU capable USB device found: ${list.join("; ")}. ` +
      `${devices.size > 1 ? "Choose one with -p PATH or -S SERIAL" : "Choose one with -a NUMBER"}.`,
    { devices: devices.size, found: found.length },
  );
}
