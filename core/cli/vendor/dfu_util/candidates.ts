import type { SeenDevice } from "../../../device/detected_device.ts";
import {
  type DfuInterface,
  findDfuInterfaces,
} from "../../../protocols/dfu/client/dfu_interface.ts";
import type { Clock } from "../../../common/clock.ts";
import type { UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import { NameReader } from "../../../device/name_reader.ts";
import type { UsbBus, UsbDeviceInfo } from "../../../transport/usb/device.ts";
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

/** Finds what the options of dfu-util mean. */
export class CandidateFinder {
  readonly #names: NameReader;

  constructor(
    private readonly bus: UsbBus,
    private readonly options: DfuUtilOptions,
    clock: Clock,
  ) {
    this.#names = new NameReader(bus, clock);
  }

  /** Everything on the bus that speaks DFU and fits the options. */
  async find(signal: AbortSignal): Promise<Candidates> {
    const infos = (await this.bus.list()).filter((info) => this.#interfaces(info).length > 0);
    this.#names.keep(infos);
    const seen = await this.#names.read(infos, signal);
    const found = seen.filter(({ unreadable }) => !unreadable)
      .flatMap((one) => this.#interfaces(one.usb).flatMap((dfu) => describe(one, dfu)));
    return {
      found: found.filter((candidate) => fitsByName(candidate, this.options)),
      blocked: seen.flatMap(({ usb, unreadable }) =>
        unreadable ? [{ info: usb, error: unreadable }] : []
      ),
    };
  }

  #interfaces(info: UsbDeviceInfo): readonly DfuInterface[] {
    return findDfuInterfaces(info).filter((dfu) => fits(info, dfu, this.options));
  }
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

function describe(
  { usb: info, serial, interfaceNames }: SeenDevice,
  dfu: DfuInterface,
): Candidate[] {
  const bConfigurationValue = configurationOf(info, dfu);
  return dfu.alternates.map(({ bAlternateSetting }) => {
    const name = interfaceNames.get(`${dfu.bInterfaceNumber}:${bAlternateSetting}`);
    return { info, dfu, bAlternateSetting, bConfigurationValue, name, serial };
  });
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
