import type {
  ConfigurationDescriptor,
  DeviceDescriptor,
  EndpointDescriptor,
  InterfaceDescriptor,
} from "./descriptors.ts";

/** Descriptors as bytes (USB 2.0 section 9.6), the counterpart of descriptors.ts. */

const u16 = (value: number) => [value & 0xff, value >> 8 & 0xff];

/** The 18 bytes of a device descriptor. */
export function encodeDeviceDescriptor(fields: DeviceDescriptor): Uint8Array {
  return Uint8Array.from([
    18,
    1,
    ...u16(fields.bcdUSB),
    fields.bDeviceClass,
    fields.bDeviceSubClass,
    fields.bDeviceProtocol,
    fields.bMaxPacketSize0,
    ...u16(fields.idVendor),
    ...u16(fields.idProduct),
    ...u16(fields.bcdDevice),
    fields.iManufacturer,
    fields.iProduct,
    fields.iSerialNumber,
    fields.bNumConfigurations,
  ]);
}

/** A configuration descriptor with everything that follows it; lengths and counts are worked out. */
export function encodeConfiguration(fields: ConfigurationDescriptor): Uint8Array {
  const body = [...fields.extra, ...fields.interfaces.flatMap(encodeInterface)];
  const numbers = new Set(fields.interfaces.map(({ bInterfaceNumber }) => bInterfaceNumber));
  const { bConfigurationValue, bmAttributes, bMaxPower } = fields;
  const head = [bConfigurationValue, 0, bmAttributes, bMaxPower];
  return Uint8Array.from([9, 2, ...u16(9 + body.length), numbers.size, ...head, ...body]);
}

function encodeInterface(fields: InterfaceDescriptor): number[] {
  return [
    9,
    4,
    fields.bInterfaceNumber,
    fields.bAlternateSetting,
    fields.endpoints.length,
    fields.bInterfaceClass,
    fields.bInterfaceSubClass,
    fields.bInterfaceProtocol,
    fields.iInterface,
    ...fields.extra,
    ...fields.endpoints.flatMap(encodeEndpoint),
  ];
}

function encodeEndpoint(fields: EndpointDescriptor): number[] {
  const { bEndpointAddress, bmAttributes, wMaxPacketSize, bInterval } = fields;
  return [7, 5, bEndpointAddress, bmAttributes, ...u16(wMaxPacketSize), bInterval];
}

/** A string descriptor: 2 + 2 bytes for each UTF-16 unit, at most 126 units. */
export function encodeString(text: string): Uint8Array {
  if (text.length > 126) throw new RangeError(`${text.length} characters do not fit a descriptor`);
  const units = Array.from(text, (_, at) => u16(text.charCodeAt(at)));
  return Uint8Array.from([2 + 2 * text.length, 3, ...units.flat()]);
}
