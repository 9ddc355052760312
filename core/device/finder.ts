import type { Clock } from "../common/clock.ts";
import type { FamilyFacts } from "../family/family.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { mergeDetected } from "./merge.ts";
import type { DetectedDevice, SeenDevice, UnusableDevice } from "./detected_device.ts";
import { NameReader } from "./name_reader.ts";
import { silentDevice } from "./silent_port.ts";

/** The part of a family that the finder uses. */
export type Recogniser = Pick<FamilyFacts, "usbIds" | "recognise" | "refuse">;

/** The result of one look at the bus. */
export interface Look {
  readonly detectedDevices: readonly DetectedDevice[];
  /** Devices with an id of some family that could not be opened to read their names, or are no camera. */
  readonly unusable: readonly UnusableDevice[];
  /** Devices without any id: the system could not even ask what they are. */
  readonly silent?: readonly UnusableDevice[];
  /**
   * For a look at a single port that is empty: devices that appeared on other ports since it
   * emptied. They are not used; they only show that a cable was moved.
   */
  readonly elsewhere?: readonly DetectedDevice[];
}

/** Limits which devices a look opens, and how long it may take. */
export interface LookScope {
  /**
   * The only port whose devices are opened. Devices on other ports are recognised by their USB IDs
   * alone.
   */
  readonly port?: string;
  /** The longest time for reading names, ms. Default: half a second. */
  readonly budgetMs?: number;
  /** Does not ask the system for silent ports, which takes it long. */
  readonly onlyAnswering?: boolean;
}

/**
 * Recognises the devices on the bus. Opens only devices whose USB ID a family declares, to read
 * their names; all other devices on the machine are left alone.
 */
export class DeviceFinder {
  readonly #names: NameReader;
  /** What each device was recognised as: a look that finds it again does not recognise it anew. */
  readonly #recognised = new WeakMap<SeenDevice, DetectedDevice | undefined>();

  constructor(readonly bus: UsbBus, readonly families: readonly Recogniser[], clock: Clock) {
    this.#names = new NameReader(bus, clock);
  }

  async look(signal: AbortSignal, scope: LookScope = {}): Promise<Look> {
    const infos = (await this.bus.list()).filter((info) => isInteresting(info, this.families));
    this.#names.retain(infos);
    const isOpened = ({ portPath }: { portPath: string }) =>
      [undefined, portPath].includes(scope.port);
    const read = await this.#names.read(infos.filter(isOpened), signal, scope.budgetMs);
    const unread = infos.filter((info) => !isOpened(info))
      .map((usb) => ({ usb, interfaceNames: new Map<string, string>() }));
    return {
      detectedDevices: [...read, ...unread].flatMap((seen) => this.#recognise(seen) ?? []),
      unusable: read.flatMap((seen) => this.#refusal(seen) ?? []),
      silent: scope.onlyAnswering ? [] : await this.#silent(isOpened),
    };
  }

  async #silent(isOpened: (port: { portPath: string }) => boolean) {
    const ports = await this.bus.silentPorts?.() ?? [];
    return ports.filter((portPath) => isOpened({ portPath })).map(silentDevice);
  }

  /** Why a device cannot be used: its names cannot be read, or no family knows it. */
  #refusal(seen: SeenDevice): UnusableDevice | undefined {
    if (seen.unreadable) return { seen, reason: seen.unreadable };
    if (this.#recognise(seen)) return undefined;
    const [refused] = this.families.flatMap((family) => family.refuse?.(seen) ?? []);
    return refused && { seen, ...refused };
  }

  #recognise(seen: SeenDevice): DetectedDevice | undefined {
    if (!this.#recognised.has(seen)) {
      const all = this.families.flatMap((family) => family.recognise(seen) ?? []);
      this.#recognised.set(seen, mergeDetected(all));
    }
    return this.#recognised.get(seen);
  }
}

/** What families declare, as keys: every look asks about each device of the machine. */
const declared = new WeakMap<readonly Recogniser[], ReadonlySet<number>>();

/** Returns the key of a USB ID, or of all products of a vendor. */
const keyOf = (vendorId: number, productId = 0x1_0000) => vendorId * 0x2_0000 + productId;

/** Returns true if a family declares the USB ID of the device. */
export function isInteresting(
  { descriptor: { idVendor, idProduct } }: UsbDeviceInfo,
  families: readonly Recogniser[],
): boolean {
  let keys = declared.get(families);
  if (!keys) {
    const ids = families.flatMap(({ usbIds }) => usbIds);
    keys = new Set(ids.map(({ vendorId, productId }) => keyOf(vendorId, productId)));
    declared.set(families, keys);
  }
  return keys.has(keyOf(idVendor, idProduct)) || keys.has(keyOf(idVendor));
}
