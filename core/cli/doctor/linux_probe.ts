import { udevRules } from "../../common/udev_rules.ts";
import type { UsbDeviceInfo } from "../../transport/usb/device.ts";
import type { Answers } from "./answers.ts";
import { type Holder, processes } from "../../device/holders.ts";
import type { SystemFiles } from "../../device/system_files.ts";

/**
 * Information that only Linux provides: drivers, permissions, and which program uses which device.
 */

const DEVICES = "/sys/bus/usb/devices";
/** ModemManager opens each new serial port, which disturbs a camera for some seconds. */
const meddling = ["ModemManager"];

/** Returns the drivers bound to the interfaces of a device; interfaces are named `1-1.3:1.0`. */
export async function driversOf(
  { portPath }: UsbDeviceInfo,
  files: SystemFiles,
): Promise<string[]> {
  const names = await files.names(DEVICES);
  const found = await Promise.all(
    names.filter((name) => name.startsWith(`${portPath}:`)).sort()
      .map((name) => files.resolve(`${DEVICES}/${name}/driver`)),
  );
  return [...new Set(found.flatMap((driver) => driver?.split("/").at(-1) ?? []))];
}

/** Returns the device file that libusb opens. */
export function nodeOf({ bus, address }: Pick<UsbDeviceInfo, "bus" | "address">): string {
  const three = (number: number) => String(number).padStart(3, "0");
  return `/dev/bus/usb/${three(bus)}/${three(address)}`;
}

export async function interferingPrograms(files: SystemFiles): Promise<Holder[]> {
  const found: Holder[] = [];
  for (const pid of await processes(files)) {
    const name = await files.attribute(`/proc/${pid}/comm`);
    if (name !== undefined && meddling.includes(name)) found.push({ pid, name });
  }
  return found;
}

/** @param read returns a text file, undefined if it does not exist */
export async function rulesState(
  read: (path: string) => Promise<string | undefined>,
): Promise<Answers["udevRules"]> {
  const text = await read(udevRules.path) ?? await read(udevRules.packagedPath);
  if (text === undefined) return "missing";
  const lines = text.split("\n").map((line) => line.trim());
  return udevRules.text.every((rule) => lines.includes(rule)) ? "installed" : "different";
}
