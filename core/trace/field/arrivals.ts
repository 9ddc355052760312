import { parseDeviceDescriptor } from "../../transport/usb/descriptors.ts";
import type { FieldDevice } from "../../family/field_fact.ts";
import type { TracedNote, TraceEntry } from "../read_trace.ts";

/** A time that a device spent on the bus. Times in milliseconds. */
export interface Stay extends FieldDevice {
  readonly port: string;
  readonly arrived: number;
  /** Undefined if it was still there at the end. */
  readonly left?: number;
  /** True if more was asked of it than its descriptors. */
  readonly isUsed: boolean;
  readonly speed: string;
}

type Facts = Readonly<Record<string, unknown>>;

/** Returns each stay of each device, in the order of arrival. */
export function staysIn(entries: readonly TraceEntry[]): Stay[] {
  const stays: { -readonly [Name in keyof Stay]: Stay[Name] }[] = [];
  const present = new Map<string, typeof stays[number]>();
  for (const entry of entries) {
    if (entry.type === "transfer") {
      const stay = present.get(`${entry.bus}.${entry.address}`);
      const isStandard = entry.setup !== undefined && (entry.setup.bmRequestType & 0x60) === 0;
      if (stay && !isStandard) stay.isUsed = true;
      continue;
    }
    if (entry.type !== "note") continue;
    const { facts, time } = entry as TracedNote & { readonly facts: Facts };
    const place = `${facts.bus}.${facts.address}`;
    if (facts.type === "arrived") {
      const device = parseDeviceDescriptor(Uint8Array.fromHex(String(facts.device)));
      if (!device) continue;
      const stay = {
        vendorId: device.idVendor,
        productId: device.idProduct,
        port: String(facts.portPath),
        arrived: time / 1000,
        isUsed: false,
        speed: String(facts.speed),
      };
      stays.push(stay);
      present.set(place, stay);
    } else if (facts.type === "left") {
      const stay = present.get(place);
      if (stay) stay.left = time / 1000;
      present.delete(place);
    }
  }
  return stays;
}

export const isSame = (one: FieldDevice, other: FieldDevice) =>
  one.vendorId === other.vendorId && one.productId === other.productId;
