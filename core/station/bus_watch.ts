import { type Clock, throwIfAborted } from "../common/clock.ts";
import { isInteresting, type Recogniser } from "../device/finder.ts";
import { connectionKey } from "../device/name_reader.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import { isKind } from "../common/errors.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { StationPort } from "./station_port.ts";

/**
 * The longest time between two looks at the bus, ms. A change is noticed at once, unless other code
 * lists the bus just after the change.
 */
const LOOK_MS = 500;

export interface WatchOptions {
  readonly bus: UsbBus;
  readonly families: readonly Recogniser[];
  readonly clock: Clock;
  /** The only port to watch; if omitted, all ports. */
  readonly onlyPort?: string;
  /** Called when a device that a family may recognise appears on a port for the first time. */
  onPort(port: StationPort): void;
}

/**
 * Watches the bus for a whole station and assigns each device to its port, so that only this code
 * lists the bus. Keeps only ports on which a device of interest has appeared.
 */
export class BusWatch {
  readonly #ports = new Map<string, StationPort>();
  #looks = 0;
  /** All devices on the bus at the last look. */
  devices: readonly UsbDeviceInfo[] = [];

  constructor(private readonly options: WatchOptions) {}

  /** Watches until the signal aborts, which is the normal end. @throws what the bus throws */
  async run(signal: AbortSignal): Promise<void> {
    const { bus } = this.options;
    try {
      while (true) {
        throwIfAborted(signal);
        this.#distribute(await bus.list());
        await bus.changed({ timeoutMs: LOOK_MS, signal });
      }
    } catch (error) {
      if (!signal.aborted || !isKind(error, "cancelled")) throw error;
    }
  }

  /** Passes each port its current devices. */
  #distribute(infos: readonly UsbDeviceInfo[]): void {
    const { families, onlyPort } = this.options;
    const look = ++this.#looks;
    this.devices = infos;
    const places = new Map<string, UsbDeviceInfo[]>();
    for (const info of infos) {
      const { portPath } = info;
      if (onlyPort !== undefined && portPath !== onlyPort) continue;
      // On a known port, any other device also matters: it blocks the port.
      if (!this.#ports.has(portPath) && !isInteresting(info, families)) continue;
      places.set(portPath, [...places.get(portPath) ?? [], info]);
    }
    for (const [path, port] of this.#ports) port.setDevices(places.get(path) ?? [], look);
    for (const [path, here] of places) {
      if (!this.#ports.has(path)) this.#open(path, here, look);
    }
  }

  #open(path: string, infos: readonly UsbDeviceInfo[], look: number): void {
    const { bus, clock, families, onPort } = this.options;
    const port: StationPort = new StationPort({
      path,
      bus,
      clock,
      families,
      wasThereAtStart: look === 1,
      elsewhere: () => this.#arrivedElsewhere(port),
    });
    this.#ports.set(path, port);
    port.setDevices(infos, look);
    onPort(port);
  }

  /**
   * Returns devices that appeared on other ports after this one emptied, except cameras that were
   * already there in another mode.
   */
  #arrivedElsewhere(port: StationPort): readonly DetectedDevice[] {
    if (port.infos.length > 0) return [];
    return [...this.#ports.values()].flatMap((other) => {
      if (other.changedAt <= port.changedAt) return [];
      if ((other.occupiedSince ?? Infinity) <= port.changedAt) return [];
      const present = new Set(other.infos.map(connectionKey));
      return other.latest.filter(({ seen }) => present.has(connectionKey(seen.usb)));
    });
  }
}
