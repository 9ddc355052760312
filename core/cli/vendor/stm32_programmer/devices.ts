import { UnbrickError } from "../../../common/errors.ts";
import { type DetectedDevice, portOf } from "../../../device/detected_device.ts";
import { openRealHost } from "../../devices/device_host.ts";
import type { Session } from "../../session.ts";
import type { Connection } from "./options.ts";

/** The devices that STM32_Programmer_CLI numbers as USB1, USB2 and so on. */

const ST_VENDOR_ID = 0x0483, DFU_PRODUCT_ID = 0xDF11;

/** Returns devices with ST's DFU id that a family knows, in the order of their ports. */
export async function stDevices(session: Session): Promise<DetectedDevice[]> {
  const host = await openRealHost(session);
  try {
    const { detectedDevices } = await host.finder.look(session.signal);
    return detectedDevices
      .filter(({ seen: { usb: { descriptor } } }) =>
        descriptor.idVendor === ST_VENDOR_ID && descriptor.idProduct === DFU_PRODUCT_ID
      )
      .sort((one, other) => portOf(one).localeCompare(portOf(other)));
  } finally {
    await host.close();
  }
}

/** Returns the device that `-c` chooses; undefined if it is not there. */
export function pick(
  devices: readonly DetectedDevice[],
  { index, serial }: Connection,
): DetectedDevice | undefined {
  if (serial === undefined) return devices[index - 1];
  return devices.find(({ seen }) => seen.serial?.toUpperCase() === serial.toUpperCase());
}

export function noSuchDevice({ index, serial }: Connection): UnbrickError {
  const what = serial === undefined ? `no device USB${index}` : `no device with serial ${serial}`;
  return new UnbrickError("not-found", `There is ${what} in ST's DFU mode on the bus.`, {
    index,
    serial: serial ?? null,
  });
}

/** Returns the lines for `-l`. */
export function listing(devices: readonly DetectedDevice[]): string[] {
  if (devices.length === 0) return ["No device in ST's DFU mode is on the bus."];
  return devices.flatMap((device, at) => describe(device, at + 1));
}

export function describe(device: DetectedDevice, index: number): string[] {
  const { seen, title } = device;
  const blocked = seen.unreadable ? [`  Cannot be opened: ${seen.unreadable.message}`] : [];
  return [
    `Device Index           : USB${index}`,
    `  Port                 : ${portOf(device)}`,
    `  Serial number        : ${seen.serial ?? "none"}`,
    `  Product              : ${seen.product ?? "none"}`,
    `  Recognised as        : ${title}`,
    ...[...seen.interfaceNames.values()].map((name) => `  Partition            : ${name}`),
    ...blocked,
  ];
}
