import { usbId } from "../../../common/format.ts";
import type { SeenDevice } from "../../../device/detected_device.ts";
import type { DfuInterface } from "../../../protocols/dfu/client/dfu_interface.ts";
import type { UsbDeviceInfo } from "../../../transport/usb/device.ts";

/** One alternate setting of a DFU device, as `-l` lists it. */
export interface Candidate {
  readonly info: UsbDeviceInfo;
  readonly dfu: DfuInterface;
  readonly bAlternateSetting: number;
  readonly bConfigurationValue: number;
  readonly name?: string;
  readonly serial?: string;
}

/** Returns the line for `-l`. */
export function listLine(candidate: Candidate): string {
  const { info, dfu, bAlternateSetting, bConfigurationValue, name, serial } = candidate;
  const { idVendor, idProduct, bcdDevice } = info.descriptor;
  return `Found ${dfu.mode === "dfu" ? "DFU" : "Runtime"}: [${usbId(idVendor, idProduct)}] ` +
    `ver=${bcdDevice.toString(16).padStart(4, "0")}, devnum=${info.address}, ` +
    `cfg=${bConfigurationValue}, intf=${dfu.bInterfaceNumber}, path="${info.portPath}", ` +
    `alt=${bAlternateSetting}, name="${name ?? "UNKNOWN"}", serial="${serial ?? "UNKNOWN"}"`;
}

/** Returns the candidate's device in the form that board families use. */
export function seenDevice(candidate: Candidate): SeenDevice {
  const { info, dfu, bAlternateSetting, name, serial } = candidate;
  const key = `${dfu.bInterfaceNumber}:${bAlternateSetting}`;
  return { usb: info, serial, interfaceNames: new Map(name === undefined ? [] : [[key, name]]) };
}
