import type { Clock } from "../common/clock.ts";
import type { UnbrickError } from "../common/errors.ts";
import type { BoardFamily } from "../family/family.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { mergeDetected } from "./merge.ts";
import type { DetectedDevice, SeenDevice } from "./detected_device.ts";
import { NameReader } from "./name_reader.ts";

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

/** What a look opens, and how long it may take. */
export interface LookScope {
  /** The only port whose devices are opened; others are known by their ids alone. */
  readonly port?: string;
  /** The longest time that reading names may take, ms. Default: half a second. */
  readonly budgetMs?: number;
}

/**
 * Names what is on the bus. Only devices whose USB id a family declares are opened, to read their names;
 * everything else on a technician's machine is left alone.
 */
export class DeviceFinder {
  readonly #names: NameReader;

  constructor(readonly bus: UsbBus, readonly families: readonly Recogniser[], clock: Clock) {
    this.#names = new NameReader(bus, clock);
  }

  async look(signal: AbortSignal, scope: LookScope = {}): Promise<Look> {
    const infos = (await this.bus.list()).filter((info) => isInteresting(info, this.families));
    this.#names.retain(infos);
    const isOpened = ({ portPath }: UsbDeviceInfo) => [undefined, portPath].includes(scope.port);
    const read = await this.#names.read(infos.filter(isOpened), signal, scope.budgetMs);
    const unread = infos.filter((info) => !isOpened(info))
      .map((usb) => ({ usb, interfaceNames: new Map<string, string>() }));
    return {
      detectedDevices: [...read, ...unread].flatMap((seen) => this.#recognise(seen) ?? []),
      unreadable: read.flatMap((seen) =>
        seen.unreadable ? [{ ...seen, unreadable: seen.unreadable }] : []
      ),
    };
  }

  #recognise(seen: SeenDevice): DetectedDevice | undefined {
    return mergeDetected(this.families.flatMap((family) => family.recognise(seen) ?? []));
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
