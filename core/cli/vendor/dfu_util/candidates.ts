import type { SeenDevice } from "../../../device/detected_device.ts";
import {
  type DfuInterface,
  findDfuInterfaces,
} from "../../../protocols/dfu/client/dfu_interface.ts";
import type { Clock } from "../../../common/clock.ts";
import type { UnbrickError } from "../../../common/errors.ts";
import { NameReader } from "../../../device/name_reader.ts";
import type { UsbBus, UsbDeviceInfo } from "../../../transport/usb/device.ts";
import type { Candidate } from "./candidate.ts";
import { fitsByDescriptor, fitsByName } from "./filters.ts";
import type { DfuUtilOptions } from "./options.ts";

export interface Candidates {
  readonly found: readonly Candidate[];
  /** Devices with matching ids that cannot be opened. */
  readonly blocked: readonly { readonly info: UsbDeviceInfo; readonly error: UnbrickError }[];
}

/** Finds the devices that match dfu-util's options. */
export class CandidateFinder {
  readonly #names: NameReader;

  constructor(
    private readonly bus: UsbBus,
    private readonly options: DfuUtilOptions,
    clock: Clock,
  ) {
    this.#names = new NameReader(bus, clock);
  }

  /** Returns all DFU devices on the bus that match the options. */
  async find(signal: AbortSignal): Promise<Candidates> {
    const infos = (await this.bus.list()).filter((info) => this.#interfaces(info).length > 0);
    this.#names.retain(infos);
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
    return findDfuInterfaces(info).filter((dfu) => {
      const bConfigurationValue = configurationOf(info, dfu);
      return fitsByDescriptor({ info, dfu, bConfigurationValue }, this.options);
    });
  }
}

function configurationOf(info: UsbDeviceInfo, dfu: DfuInterface): number {
  return info.configurations.find(({ interfaces }) =>
    interfaces.some(({ bInterfaceNumber, bInterfaceClass }) =>
      bInterfaceNumber === dfu.bInterfaceNumber && bInterfaceClass === 0xFE
    )
  )?.bConfigurationValue ?? 1;
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
