import { type Clock, throwIfAborted } from "../common/clock.ts";
import type { UnbrickError } from "../common/errors.ts";
import type { BoardFamily } from "../family/family.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { mergeDetected } from "./merge.ts";
import type { DetectedDevice, SeenDevice } from "./detected_device.ts";
import { DeviceReading } from "./device_reading.ts";

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

/**
 * How long one look waits for the names of all devices that it sees for the first time, ms: within so
 * long a device has to begin its answer (USB 2.0 9.2.6.4).
 */
const LOOK_BUDGET_MS = 500;

/**
 * Names what is on the bus. Only devices whose USB id a family declares are opened, once after each
 * arrival, all at the same time, to read their strings; everything else on a technician's machine is left
 * alone. A device that does not answer is waited for once, until it leaves: a look never costs more than
 * its budget.
 */
export class DeviceFinder {
  readonly #readings = new Map<string, DeviceReading>();

  constructor(
    readonly bus: UsbBus,
    readonly families: readonly Recogniser[],
    private readonly clock: Clock,
  ) {}

  /** @param options.port the only port whose devices are opened; others are known by their ids alone */
  async look(signal: AbortSignal, options: { readonly port?: string } = {}): Promise<Look> {
    const infos = (await this.bus.list()).filter((info) => isInteresting(info, this.families));
    const present = new Set(infos.map(stayOf));
    for (const left of this.#readings.keys()) if (!present.has(left)) this.#readings.delete(left);
    await this.#read(infos.filter(isOpened), signal);

    const detectedDevices: DetectedDevice[] = [];
    const unreadable: Look["unreadable"][number][] = [];
    for (const info of infos) {
      const { seen } = this.#readingOf(info);
      if (!seen && isOpened(info)) continue;
      const detected = this.#recognise(seen ?? { usb: info, interfaceNames: new Map() });
      if (detected) detectedDevices.push(detected);
      if (seen?.unreadable) unreadable.push({ ...seen, unreadable: seen.unreadable });
    }
    return { detectedDevices, unreadable };

    function isOpened({ portPath }: UsbDeviceInfo): boolean {
      return options.port === undefined || options.port === portPath;
    }
  }

  #recognise(seen: SeenDevice): DetectedDevice | undefined {
    return mergeDetected(this.families.flatMap((family) => family.recognise(seen) ?? []));
  }

  /** Reads the names of all that are new, within one budget. */
  async #read(infos: readonly UsbDeviceInfo[], signal: AbortSignal): Promise<void> {
    const readings = infos.map((info) => this.#readingOf(info));
    const awaited = readings.flatMap((reading) => reading.next(signal) ?? []);
    if (awaited.length > 0) {
      const done = new AbortController();
      const budget = this.clock.sleep(LOOK_BUDGET_MS, done.signal).catch(() => {});
      await Promise.race([Promise.all(awaited), budget]);
      done.abort();
    }
    for (const reading of readings) {
      if (reading.failure) throw reading.failure;
      reading.giveUp();
    }
    throwIfAborted(signal);
  }

  #readingOf(info: UsbDeviceInfo): DeviceReading {
    const stay = stayOf(info);
    const known = this.#readings.get(stay) ?? new DeviceReading(this.bus, info, this.clock);
    this.#readings.set(stay, known);
    return known;
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

/** Tells one stay of one device from another, also where a system gives a freed address again. */
export function stayOf(
  { portPath, bus, address, descriptor, configurations }: UsbDeviceInfo,
): string {
  const interfaces = configurations[0]?.interfaces.map((one) => one.iInterface) ?? [];
  return [portPath, bus, address, ...Object.values(descriptor), ...interfaces].join("/");
}
