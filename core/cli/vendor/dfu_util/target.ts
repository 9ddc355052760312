import { isKind, UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import { lookUntil } from "../../../device/look_until.ts";
import { silentReason } from "../../../device/silent_port.ts";
import type { UsbBus } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import type { Candidate } from "./candidate.ts";
import { CandidateFinder, type Candidates } from "./candidates.ts";
import { explainNoMatch } from "./filters.ts";
import type { DfuUtilOptions } from "./options.ts";
import type { Clock } from "../../../common/clock.ts";

export interface Surroundings {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly console: Console;
}

/**
 * Returns the one alternate setting that matches the options.
 * @throws UnbrickError `not-found`, `timeout` (`-w`), `consent-needed` (several match), or why the
 * device cannot be opened
 */
export async function findTarget(
  surroundings: Surroundings,
  options: DfuUtilOptions,
): Promise<Candidate> {
  const { bus, clock, signal, console } = surroundings;
  const finder = new CandidateFinder(bus, options, clock);
  const first = await finder.find(signal);
  if (first.found.length > 0) return pick(first, options);
  if (!options.wait && first.blocked.length > 0) throw first.blocked[0].error;
  const why = await whyNoTarget(surroundings, options);
  if (!options.wait) {
    const otherwise = await silentReason(bus) ?? "No DFU capable USB device available.";
    throw new UnbrickError("not-found", why ?? otherwise, { isThere: why !== undefined });
  }
  console.write("Waiting for device, exit with ctrl-C\n");
  if (why) console.write(`${why}\n`);
  return pick(await waitForCandidates(surroundings, options, finder), options);
}

async function whyNoTarget(
  { bus, clock, signal }: Surroundings,
  options: DfuUtilOptions,
): Promise<string | undefined> {
  const { found } = await new CandidateFinder(bus, anyDevice(options), clock).find(signal);
  return explainNoMatch(found, options);
}

/** Returns the options without those that choose a device. */
function anyDevice({ mode, wait, reset, detachDelay, timeout }: DfuUtilOptions): DfuUtilOptions {
  return { mode, wait, reset, detachDelay, timeout };
}

/**
 * Waits for matching devices. @throws UnbrickError `timeout` after `--timeout`, or why a matching
 * device cannot be opened
 */
export async function waitForCandidates(
  surroundings: Surroundings,
  options: DfuUtilOptions,
  finder = new CandidateFinder(surroundings.bus, options, surroundings.clock),
): Promise<Candidates> {
  const { bus, clock, signal } = surroundings;
  const until = clock.now() + options.timeout * 1000;
  const waited = `Waited ${options.timeout} s for a DFU device`;
  try {
    return await lookUntil(async () => {
      const candidates = await finder.find(signal);
      if (candidates.found.length > 0) return { found: candidates };
      // A device that does not answer may be any, unless its port was named.
      const isNamed = options.path !== undefined;
      const blocked = candidates.blocked.find(({ error }) => isNamed || error.kind !== "timeout");
      return { blocked: blocked?.error };
    }, {
      bus,
      clock,
      signal,
      until: () => until,
      makeTimeout: () => new UnbrickError("timeout", `${waited}, and none came.`, { waited: true }),
    });
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    const why = await whyNoTarget(surroundings, options);
    const silent = await silentReason(bus);
    if (why === undefined && silent === undefined) throw error;
    const data = { waited: true, isThere: why !== undefined };
    throw new UnbrickError("timeout", `${waited}. ${why ?? silent}`, data);
  }
}

/**
 * Returns the only candidate. If the alternate setting does not matter, the first one of the only
 * device.
 * @throws UnbrickError `consent-needed`, with the choices
 */
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
