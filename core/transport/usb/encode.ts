import { concat } from "../../common/bytes.ts";
import { array, constant, padding, struct, u16, u8 } from "../../common/struct.ts";
import {
  type ConfigurationDescriptor,
  ConfigurationHead,
  EndpointDescriptor,
  type InterfaceDescriptor,
  InterfaceHead,
} from "./descriptors.ts";

/** Encodes descriptors (USB 2.0 section 9.6): the counterpart of descriptors.ts. */

/**
 * Encodes a configuration descriptor with everything that follows it; calculates lengths and
 * counts.
 */
export function encodeConfiguration(fields: ConfigurationDescriptor): Uint8Array {
  const body = concat([fields.extra, ...fields.interfaces.flatMap(encodeInterface)]);
  const numbers = new Set(fields.interfaces.map(({ bInterfaceNumber }) => bInterfaceNumber));
  const head = ConfigurationHead.encode({
    ...fields,
    wTotalLength: ConfigurationHead.size + body.length,
    bNumInterfaces: numbers.size,
    iConfiguration: 0,
  });
  return concat([head, body]);
}

function encodeInterface(fields: InterfaceDescriptor): Uint8Array[] {
  const { endpoints, extra } = fields;
  return [
    InterfaceHead.encode({ ...fields, bNumEndpoints: endpoints.length }),
    extra,
    ...endpoints.map(EndpointDescriptor.encode),
  ];
}

/** Encodes a string descriptor: 2 bytes, then 2 for each UTF-16 unit, at most 126 units. */
export function encodeString(text: string): Uint8Array {
  if (text.length > 126) throw new RangeError(`${text.length} characters do not fit a descriptor`);
  return encodeUnits(text.split("").map((unit) => unit.charCodeAt(0)));
}

/**
 * Encodes a string descriptor of UTF-16 units, or the LANGIDs of string 0: 2 bytes, then 2 for
 * each.
 */
export function encodeUnits(units: readonly number[]): Uint8Array {
  const descriptor = struct("string descriptor", {
    bLength: padding(1, 2 + 2 * units.length),
    bDescriptorType: constant(u8, 3),
    bString: array(u16, units.length),
  });
  return descriptor.encode({ bString: units });
}
