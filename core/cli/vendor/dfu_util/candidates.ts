import {
  type DfuInterface,
  findDfuInterfaces,
} from "../../../protocols/dfu/client/dfu_interface.ts";
import { asUnbrickError, isKind, type UnbrickError } from "../../../common/errors.ts";
import type { UsbBus, UsbDeviceInfo } from "../../../transport/usb/device.ts";
import { readString } from "../../../transport/usb/strings.ts";
import type { Candidate } from "./candidate.ts";
import { fitsByDescriptor, fitsByName } from "./filters.ts";
import type { DfuUtilOptions } from "./options.ts";

export interface Candidates {
  readonly found: readonly Candidate[];
  /** Devices whose ids fit and that cannot be opened. */
  readonly blocked: readonly { readonly info: UsbDeviceInfo; readonly error: UnbrickError }[];
}

/** A string request to a healthy device takes a few milliseconds. */
const STRING_TIMEOUT_MS = 500;

/** Everything on the bus that speaks DFU and fits the options; without those, everything. */
export async function findCandidates(
  bus: UsbBus,
  options: DfuUtilOptions,
  signal: AbortSignal,
): Promise<Candidates> {
  const found: Candidate[] = [];
  const blocked: Candidates["blocked"][number][] = [];
  for (const info of await bus.list()) {
    const interfaces = findDfuInterfaces(info).filter((dfu) =>
      fitsByDescriptor(
        { info, dfu, bConfigurationValue: configurationOf(info, dfu) },
        options,
      )
    );
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

function configurationOf(info: UsbDeviceInfo, dfu: DfuInterface): number {
  return info.configurations.find(({ interfaces }) =>
    interfaces.some(({ bInterfaceNumber, bInterfaceClass }) =>
      bInterfaceNumber === dfu.bInterfaceNumber && bInterfaceClass === 0xFE
    )
  )?.bConfigurationValue ?? 1;
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
