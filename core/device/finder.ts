import { asUnbrickError, type UnbrickError } from "../common/errors.ts";
import type { BoardFamily } from "../family/family.ts";
import type { TransferOptions, UsbBus, UsbDevice, UsbDeviceInfo } from "../transport/usb/device.ts";
import { readString } from "../transport/usb/strings.ts";
import { mergeDetected } from "./merge.ts";
import type { DetectedDevice, SeenDevice } from "./detected_device.ts";

/** What the finder needs of a family. */
export type Recogniser = Pick<BoardFamily, "usbIds" | "recognise">;

/** One look at the bus. */
export interface Look {
  readonly detectedDevices: readonly DetectedDevice[];
  /** Devices a family is interested in that could not be opened to read their names. */
  readonly unreadable: readonly (SeenDevice & { readonly unreadable: UnbrickError })[];
  /**
   * Where a look sees one port only, and that is empty: what has come to other ports since then.
   * Nothing is done with these; they tell that a cable was moved.
   */
  readonly elsewhere?: readonly DetectedDevice[];
}

/** Deadline of one string request, milliseconds; a healthy device answers within a few. */
const STRING_TIMEOUT_MS = 500;

/**
 * Names what is on the bus. Only devices whose USB id a family declares are opened, once after each
 * arrival, to read their strings; everything else on a technician's machine is left alone.
 */
export class DeviceFinder {
  readonly #seen = new Map<string, SeenDevice>();

  constructor(readonly bus: UsbBus, readonly families: readonly Recogniser[]) {}

  async look(signal: AbortSignal): Promise<Look> {
    const infos = (await this.bus.list()).filter((info) => isInteresting(info, this.families));
    const present = new Set(infos.map(stayOf));
    for (const known of this.#seen.keys()) if (!present.has(known)) this.#seen.delete(known);

    const detectedDevices: DetectedDevice[] = [];
    const unreadable: Look["unreadable"][number][] = [];
    for (const info of infos) {
      const seen = await this.#see(info, signal);
      if (!seen) continue;
      const detected = this.#recognise(seen);
      if (detected) detectedDevices.push(detected);
      if (seen.unreadable) unreadable.push({ ...seen, unreadable: seen.unreadable });
    }
    return { detectedDevices, unreadable };
  }

  #recognise(seen: SeenDevice): DetectedDevice | undefined {
    return mergeDetected(this.families.flatMap((family) => family.recognise(seen) ?? []));
  }

  /** The device with its strings; undefined if it left while they were read. */
  async #see(info: UsbDeviceInfo, signal: AbortSignal): Promise<SeenDevice | undefined> {
    const known = this.#seen.get(stayOf(info));
    if (known) return known;
    const seen = await this.#read(info, signal);
    if (seen && !seen.unreadable) this.#seen.set(stayOf(info), seen);
    return seen;
  }

  async #read(info: UsbDeviceInfo, signal: AbortSignal): Promise<SeenDevice | undefined> {
    let device: UsbDevice | undefined;
    try {
      device = await this.bus.open(info);
      return await readStrings(device, { timeoutMs: STRING_TIMEOUT_MS, signal });
    } catch (error) {
      const unreadable = asUnbrickError(error);
      if (unreadable.kind === "cancelled" || unreadable.kind === "bug") throw unreadable;
      if (unreadable.kind === "disconnected") return undefined;
      return { usb: info, interfaceNames: new Map(), unreadable };
    } finally {
      await device?.close();
    }
  }
}

/** True for a device that one of the families wants to look at. */
export function isInteresting(
  { descriptor }: UsbDeviceInfo,
  families: readonly Recogniser[],
): boolean {
  return families.some((family) =>
    family.usbIds.some((id) =>
      id.vendorId === descriptor.idVendor &&
      (id.productId === undefined || id.productId === descriptor.idProduct)
    )
  );
}

async function readStrings(device: UsbDevice, options: TransferOptions): Promise<SeenDevice> {
  const { descriptor, configurations } = device.info;
  const interfaceNames = new Map<string, string>();
  const interfaces = configurations[0]?.interfaces ?? [];
  const product = await readString(device, descriptor.iProduct, options);
  const serial = await readString(device, descriptor.iSerialNumber, options);
  const manufacturer = await readString(device, descriptor.iManufacturer, options);
  for (const { iInterface, bInterfaceNumber, bAlternateSetting } of interfaces) {
    const name = await readString(device, iInterface, options);
    if (name !== undefined) interfaceNames.set(`${bInterfaceNumber}:${bAlternateSetting}`, name);
  }
  return { usb: device.info, manufacturer, product, serial, interfaceNames };
}

/** Tells one stay of one device from another, also where a system gives a freed address again. */
export function stayOf(
  { portPath, bus, address, descriptor, configurations }: UsbDeviceInfo,
): string {
  const interfaces = configurations[0]?.interfaces.map((one) => one.iInterface) ?? [];
  return [portPath, bus, address, ...Object.values(descriptor), ...interfaces].join("/");
}
