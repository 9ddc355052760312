import { usbId } from "../../../common/format.ts";
import type { Candidate } from "./candidate.ts";
import { matches } from "./device_match.ts";
import type { DfuUtilOptions } from "./options.ts";

/** Filters DFU devices by the options, and explains why none matches. */

interface Filter {
  fits(candidate: Candidate, options: DfuUtilOptions): boolean;
  /** Returns what is wrong with devices that matched all earlier filters. */
  misfit(candidates: readonly Candidate[], options: DfuUtilOptions): string;
}

/** Returns true if the descriptors match, for which no device has to be opened. */
export function fitsByDescriptor(
  candidate: Omit<Candidate, "bAlternateSetting">,
  options: DfuUtilOptions,
): boolean {
  return ids.fits({ ...candidate, bAlternateSetting: 0 }, options) &&
    place.fits({ ...candidate, bAlternateSetting: 0 }, options);
}

/** Returns true if the strings match: the serial number, and the name in `-a NAME`. */
export function fitsByName(candidate: Candidate, options: DfuUtilOptions): boolean {
  return serialNumber.fits(candidate, options) && alternate.fits(candidate, options);
}

/**
 * Returns why none of the DFU devices on the bus matches, with what they offer instead, in one
 * sentence; undefined if there is no device at all.
 * @param all Every DFU device on the bus, whatever the options.
 */
export function explainNoMatch(
  all: readonly Candidate[],
  options: DfuUtilOptions,
): string | undefined {
  let left = all;
  for (const filter of [ids, place, serialNumber, alternate]) {
    const fitting = left.filter((candidate) => filter.fits(candidate, options));
    if (fitting.length === 0 && left.length > 0) return filter.misfit(left, options);
    left = fitting;
  }
}

const ids: Filter = {
  fits: ({ info: { descriptor }, dfu }, { device }) =>
    device === undefined ||
    matches(device[dfu.mode], descriptor.idVendor, descriptor.idProduct),
  misfit: (found) => `A DFU device is there, but none with the ids of -d: ${devicesOf(found)}.`,
};

const place: Filter = {
  fits: ({ info, dfu, bConfigurationValue }, options) =>
    (options.path ?? info.portPath) === info.portPath &&
    (options.devnum ?? info.address) === info.address &&
    (options.interfaceNumber ?? dfu.bInterfaceNumber) === dfu.bInterfaceNumber &&
    (options.configuration ?? bConfigurationValue) === bConfigurationValue,
  misfit: (found) =>
    `The DFU device is there, but not where -p, -n, -c and -i look: ${devicesOf(found)}.`,
};

const serialNumber: Filter = {
  fits: ({ dfu, serial }, options) => {
    const wanted = options.serial?.[dfu.mode === "runtime" ? 0 : 1];
    return wanted === undefined || wanted === serial;
  },
  misfit: (found) =>
    `The DFU device is there, but with another serial number than -S gives: ${devicesOf(found)}.`,
};

const alternate: Filter = {
  fits: ({ dfu, bAlternateSetting, name }, { alternate }) =>
    alternate === undefined || dfu.mode === "runtime" ||
    alternate === (typeof alternate === "number" ? bAlternateSetting : name),
  misfit: (found, { alternate }) => {
    const offered = found.map(({ bAlternateSetting, name }) =>
      name === undefined ? `${bAlternateSetting}` : `${bAlternateSetting} "${name}"`
    );
    const wanted = typeof alternate === "number" ? alternate : `"${alternate}"`;
    return `The DFU device is there (${devicesOf(found)}), but it has no alternate setting ` +
      `${wanted}. It offers: ${offered.join(", ")}.`;
  },
};

function devicesOf(candidates: readonly Candidate[]): string {
  const devices = candidates.map(({ info, serial }) => {
    const { descriptor: { idVendor, idProduct }, portPath } = info;
    return `${usbId(idVendor, idProduct)} on port ${portPath}, serial number ${serial ?? "none"}`;
  });
  return [...new Set(devices)].join("; ");
}
