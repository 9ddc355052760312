import { type Clock, throwIfAborted } from "../common/clock.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import type { SeenDevice } from "./detected_device.ts";
import { DeviceReading } from "./device_reading.ts";

/**
 * How long one look waits for the names of all new devices, ms: a device must begin its answer
 * within this time (USB 2.0 9.2.6.4).
 */
const LOOK_BUDGET_MS = 500;

/**
 * Reads the names of devices: once after each arrival, all at the same time. A device that does not answer
 * is waited for once, until it leaves: reading never costs more than its budget.
 */
export class NameReader {
  readonly #readings = new Map<string, DeviceReading>();

  constructor(private readonly bus: UsbBus, private readonly clock: Clock) {}

  /** Forgets all devices except these. */
  retain(present: readonly UsbDeviceInfo[]): void {
    const keys = new Set(present.map(connectionKey));
    for (const left of this.#readings.keys()) if (!keys.has(left)) this.#readings.delete(left);
  }

  /**
   * Reads the names that are not known yet. Omits a device that has left in the meantime.
   * @param budgetMs the longest time for all devices together, ms
   * @throws UnbrickError `cancelled` when the signal aborts, `bug`
   */
  async read(
    infos: readonly UsbDeviceInfo[],
    signal: AbortSignal,
    budgetMs = LOOK_BUDGET_MS,
  ): Promise<SeenDevice[]> {
    const readings = infos.map((info) => this.#readingOf(info));
    const awaited = readings.flatMap((reading) => reading.next(signal) ?? []);
    if (awaited.length > 0) {
      const done = new AbortController();
      const budget = this.clock.sleep(budgetMs, done.signal).catch(() => {});
      await Promise.race([Promise.all(awaited), budget]);
      done.abort();
    }
    throwIfAborted(signal);
    return readings.flatMap((reading) => reading.result() ?? []);
  }

  #readingOf(info: UsbDeviceInfo): DeviceReading {
    const key = connectionKey(info);
    const known = this.#readings.get(key) ?? new DeviceReading(this.bus, info, this.clock);
    this.#readings.set(key, known);
    return known;
  }
}

/**
 * Returns a key for one connection of one device. The key is unique even if the system reuses an
 * address.
 */
export function connectionKey(info: UsbDeviceInfo): string {
  const known = keys.get(info);
  if (known !== undefined) return known;
  const { portPath, bus, address, descriptor, configurations } = info;
  const interfaces = configurations[0]?.interfaces.map((one) => one.iInterface) ?? [];
  const key = [portPath, bus, address, ...Object.values(descriptor), ...interfaces].join("/");
  keys.set(info, key);
  return key;
}

const keys = new WeakMap<UsbDeviceInfo, string>();
