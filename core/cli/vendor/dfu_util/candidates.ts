import type { SeenDevice } from "../../../device/detected_device.ts";
import {
  type DfuInterface,
  findDfuInterfaces,
} from "../../../protocols/dfu/client/dfu_interface.ts";
import { asUnbrickError, isKind, type UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import type { UsbBus, UsbDeviceInfo } from "../../../transport/usb/device.ts";
import { readString } from "../../../transport/usb/strings.ts";
import { matches } from "./device_match.ts";
import type { DfuUtilOptions } from "./options.ts";

/** One alternate setting of a device that speaks DFU, as `-l` lists it. */
export interface Candidate {
  readonly info: UsbDeviceInfo;
  readonly dfu: DfuInterface;
  readonly bAlternateSetting: number;
  readonly bConfigurationValue: number;
  readonly name?: string;
  readonly serial?: string;
}

export interface Candidates {
  readonly found: readonly Candidate[];
  /** Devices whose ids fit and that cannot be opened. */
  readonly blocked: readonly { readonly info: UsbDeviceInfo; readonly error: UnbrickError }[];
}

/** A string request to a healthy device takes a few milliseconds. */
const STRING_TIMEOUT_MS = 500;

/** Everything on the bus that speaks DFU and fits the options. */
export async function findCandidates(
  bus: UsbBus,
  options: DfuUtilOptions,
  signal: AbortSignal,
): Promise<Candidates> {
  const found: Candidate[] = [];
  const blocked: Candidates["blocked"][number][] = [];
  for (const info of await bus.list()) {
    const interfaces = findDfuInterfaces(info).filter((dfu) => fits(info, dfu, options));
    if (interfaces.length === 0) continue;
    try {
      found.push(...await describe(bus, info, interfaces, signal));
    } catch (error) {
      if (isKind(error, "cancelled")) throw error;
      if (!isKind(error, "disconnected")) blocked.push({ info, error: asUnbrickError(error) });
    }
  }
  return { found: found.filter((candidate) => fitsByName(candidate, options)), blocked };
}

function fits(info: UsbDeviceInfo, dfu: DfuInterface, options: DfuUtilOptions): boolean {
  const { idVendor, idProduct } = info.descriptor;
  const ids = options.device?.[dfu.mode];
  return (ids === undefined || matches(ids, idVendor, idProduct)) &&
    (options.path === undefined || options.path === info.portPath) &&
    (options.devnum === undefined || options.devnum === info.address) &&
    (options.interfaceNumber === undefined || options.interfaceNumber === dfu.bInterfaceNumber) &&
    (options.configuration === undefined || options.configuration === configurationOf(info, dfu));
}

function configurationOf(info: UsbDeviceInfo, dfu: DfuInterface): number {
  return info.configurations.find(({ interfaces }) =>
    interfaces.some(({ bInterfaceNumber, bInterfaceClass }) =>
      bInterfaceNumber === dfu.bInterfaceNumber && bInterfaceClass === 0xFE
    )
  )?.bConfigurationValue ?? 1;
}

/** What only strings tell: the serial number, and the name behind `-a NAME`. */
function fitsByName(candidate: Candidate, { serial, alternate }: DfuUtilOptions): boolean {
  const wanted = serial?.[candidate.dfu.mode === "runtime" ? 0 : 1];
  if (wanted !== undefined && wanted !== candidate.serial) return false;
  if (alternate === undefined || candidate.dfu.mode === "runtime") return true;
  return typeof alternate === "number"
    ? alternate === candidate.bAlternateSetting
    : alternate === candidate.name;
}

async function describe(
  bus: UsbBus,
  info: UsbDeviceInfo,
  interfaces: readonly DfuInterface[],
  signal: AbortSignal,
): Promise<Candidate[]> {
  const device = await bus.open(info);
  try {
    const options = { timeoutMs: STRING_TIMEOUT_MS, signal };
    const serial = await readString(device, info.descriptor.iSerialNumber, options);
    const described: Candidate[] = [];
    for (const dfu of interfaces) {
      const bConfigurationValue = configurationOf(info, dfu);
      for (const { bAlternateSetting, iInterface } of dfu.alternates) {
        const name = await readString(device, iInterface, options);
        described.push({ info, dfu, bAlternateSetting, bConfigurationValue, name, serial });
      }
    }
    return described;
  } finally {
    await device.close();
  }
}

/** The line of `-l`. */
export function listLine(candidate: Candidate): string {
  const { info, dfu, bAlternateSetting, bConfigurationValue, name, serial } = candidate;
  const { idVendor, idProduct, bcdDevice } = info.descriptor;
  return `Found ${dfu.mode === "dfu" ? "DFU" : "Runtime"}: [${usbId(idVendor, idProduct)}] ` +
    `ver=${bcdDevice.toString(16).padStart(4, "0")}, devnum=${info.address}, ` +
    `cfg=${bConfigurationValue}, intf=${dfu.bInterfaceNumber}, path="${info.portPath}", ` +
    `alt=${bAlternateSetting}, name="${name ?? "UNKNOWN"}", serial="${serial ?? "UNKNOWN"}"`;
}

/** The candidate's device as board families look at it. */
export function seenDevice(candidate: Candidate): SeenDevice {
  const { info, dfu, bAlternateSetting, name, serial } = candidate;
  const key = `${dfu.bInterfaceNumber}:${bAlternateSetting}`;
  return { usb: info, serial, interfaceNames: new Map(name === undefined ? [] : [[key, name]]) };
}
