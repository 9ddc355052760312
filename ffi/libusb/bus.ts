import { systemClock, throwIfAborted } from "../../core/common/clock.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type {
  TransferOptions,
  UsbBus,
  UsbDevice,
  UsbDeviceInfo,
} from "../../core/transport/usb/device.ts";
import type { Guard } from "./guard.ts";
import type { Context } from "./context.ts";
import { describeDevice } from "./describe_device.ts";
import type { DeviceList, ListedDevice } from "./device_list.ts";
import { longestRoundMs } from "./event_pump.ts";
import { text } from "../../core/common/text.ts";

/** Pause in ms between two checks of the bus if libusb does not report changes (Windows). */
const lookEveryMs = 150;

/**
 * How long Linux may take to give the user access to a new device, ms: the kernel first creates the
 * device file, then udev applies its rules.
 */
const udevMs = 1500;

/** The bus of this computer. It owns the context: closing the bus closes the context. */
export class LibusbBus implements UsbBus {
  readonly #context: Context;
  #list?: DeviceList;
  #devices: readonly ListedDevice[] = [];
  /** When a device was first listed; those of the first list were connected before. */
  readonly #arrivals = new Map<string, number>();

  constructor(context: Context, private readonly guard: Guard = {}) {
    this.#context = context;
  }

  async list(): Promise<readonly UsbDeviceInfo[]> {
    // Hotplug messages accumulate inside libusb unless its events are handled from time to time.
    if (this.#context.hasHotplug) await this.#context.pump.drain();
    const list = await this.#context.devices();
    const old = this.#list;
    this.#list = list;
    this.#devices = list.describe(old ? this.#devices : []);
    await old?.free();
    this.#noteArrivals(old === undefined ? -Infinity : systemClock.now());
    return this.#devices.map(({ info }) => info);
  }

  async changed({ timeoutMs, signal }: TransferOptions): Promise<boolean> {
    const end = systemClock.now() + timeoutMs;
    const { pump, hasHotplug } = this.#context;
    const wake = () => pump.wake();
    if (hasHotplug) signal.addEventListener("abort", wake);
    try {
      while (true) {
        throwIfAborted(signal);
        if (await this.#differs()) return true;
        const left = end - systemClock.now();
        if (left <= 0) return false;
        if (hasHotplug && left >= longestRoundMs) await pump.round();
        else await systemClock.sleep(Math.min(left, lookEveryMs), signal);
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  async open(info: UsbDeviceInfo): Promise<UsbDevice> {
    await this.guard.beforeOpen?.(info);
    const giveUp = (this.#arrivals.get(key(info)) ?? -Infinity) + udevMs;
    while (true) {
      try {
        return await this.#context.openDevice(
          this.#find(info) ?? await this.#findAnew(info),
          this.guard,
        );
      } catch (error) {
        if (!isKind(error, "permission") || systemClock.now() > giveUp) throw error;
        await systemClock.sleep(50);
      }
    }
  }

  async close(): Promise<void> {
    await this.#list?.free();
    this.#list = undefined;
    this.#devices = [];
    await this.#context.close();
  }

  async #differs(): Promise<boolean> {
    const now = await this.#context.devices();
    try {
      return this.#list === undefined || !now.equals(this.#list);
    } finally {
      await now.free();
    }
  }

  #find(info: UsbDeviceInfo): ListedDevice | undefined {
    return this.#devices.find((device) => device.info === info);
  }

  /** Finds the device of an older `info` in a new list. */
  async #findAnew(info: UsbDeviceInfo): Promise<ListedDevice> {
    await this.list();
    const device = this.#devices.find((device) => key(device.info) === key(info));
    if (device) return device;
    const message = text`The connection to ${describeDevice(info)} is lost: it disconnected.`;
    throw new UnbrickError("disconnected", message, { portPath: info.portPath });
  }

  #noteArrivals(time: number): void {
    const keys = new Set(this.#devices.map(({ info }) => key(info)));
    for (const known of this.#arrivals.keys()) if (!keys.has(known)) this.#arrivals.delete(known);
    for (const here of keys) if (!this.#arrivals.has(here)) this.#arrivals.set(here, time);
  }
}

function key({ bus, address, portPath, descriptor }: UsbDeviceInfo): string {
  return [bus, address, portPath, descriptor.idVendor, descriptor.idProduct].join(":");
}
