import type { InterfaceDescriptor } from "../../../transport/usb/descriptors.ts";
import type { UsbDeviceInfo } from "../../../transport/usb/device.ts";
import {
  DFUSE_VERSION,
  findFunctionalDescriptor,
  type FunctionalDescriptor,
} from "../packets/functional_descriptor.ts";

/** A DFU interface with its alternate settings, as found in the descriptors. */
export interface DfuInterface {
  readonly bInterfaceNumber: number;
  /** `dfu`: the device is a bootloader now; `runtime`: its firmware runs and can switch to DFU. */
  readonly mode: "dfu" | "runtime";
  readonly functional: FunctionalDescriptor;
  readonly isDfuSe: boolean;
  readonly alternates: readonly {
    readonly bAlternateSetting: number;
    readonly iInterface: number;
  }[];
}

const isDfu = (setting: InterfaceDescriptor) =>
  setting.bInterfaceClass === 0xfe && setting.bInterfaceSubClass === 1;

/**
 * Returns every DFU interface of a device. The functional descriptor may follow any alternate
 * setting of the interface or precede the first interface; an interface without one is omitted.
 */
export function findDfuInterfaces(info: UsbDeviceInfo): readonly DfuInterface[] {
  const found: DfuInterface[] = [];
  for (const configuration of info.configurations) {
    const settings = configuration.interfaces.filter(isDfu);
    for (const number of new Set(settings.map((setting) => setting.bInterfaceNumber))) {
      const own = settings.filter((setting) => setting.bInterfaceNumber === number);
      const functional = own.map((setting) => findFunctionalDescriptor(setting.extra))
        .find((descriptor) => descriptor) ?? findFunctionalDescriptor(configuration.extra);
      if (!functional) continue;
      const isDfuSe = functional.bcdDFUVersion === DFUSE_VERSION;
      // A DfuSe device with protocol 0 is also in DFU mode (dfu-dfuse.md C5).
      const inDfuMode = own[0].bInterfaceProtocol === 2 ||
        isDfuSe && own[0].bInterfaceProtocol === 0;
      found.push({
        bInterfaceNumber: number,
        mode: inDfuMode ? "dfu" : "runtime",
        functional,
        isDfuSe,
        alternates: own.map(({ bAlternateSetting, iInterface }) => ({
          bAlternateSetting,
          iInterface,
        })),
      });
    }
  }
  return found;
}
