import {
  type ConfigurationDescriptor,
  type DeviceDescriptor,
  parseConfiguration,
  parseDeviceDescriptor,
} from "../transport/usb/descriptors.ts";
import type { TraceEntry } from "./read_trace.ts";

/** A device of a trace, by the descriptors that were read from it. */
export interface TracedUsbDevice {
  readonly descriptor?: DeviceDescriptor;
  readonly configuration?: ConfigurationDescriptor;
}

const GET_DESCRIPTOR = 6;
const DEVICE = 1, CONFIGURATION = 2;

/** Learns the devices of a trace while it is read: what an address means changes when a device leaves. */
export class TracedDevices {
  readonly #byPlace = new Map<string, TracedUsbDevice>();

  /** Takes the next entry of the trace. @returns the device that it is about */
  next(entry: TraceEntry): TracedUsbDevice | undefined {
    if (entry.type !== "transfer") return undefined;
    const { bus, address, setup, received } = entry;
    const place = `${bus}.${address}`;
    const known = this.#byPlace.get(place) ?? {};
    if (setup?.bmRequestType !== 0x80 || setup.bRequest !== GET_DESCRIPTOR) return known;
    const type = setup.wValue >> 8;
    if (type === DEVICE) {
      const descriptor = parseDeviceDescriptor(received);
      if (descriptor) this.#byPlace.set(place, { descriptor });
    } else if (type === CONFIGURATION) {
      const configuration = parseConfiguration(received);
      if (configuration) this.#byPlace.set(place, { ...known, configuration });
    }
    return this.#byPlace.get(place) ?? known;
  }
}

/** True if an interface of the device speaks DFU, `number` or any. */
export function hasDfu({ configuration }: TracedUsbDevice, number: number): boolean {
  return configuration?.interfaces.some((one) =>
    one.bInterfaceNumber === number && one.bInterfaceClass === 0xFE && one.bInterfaceSubClass === 1
  ) ?? false;
}

export function isDevice(
  { descriptor }: TracedUsbDevice,
  vendorId: number,
  productId: number,
): boolean {
  return descriptor?.idVendor === vendorId && descriptor.idProduct === productId;
}
