import { concat } from "../../common/bytes.ts";
import { constant, padding, struct, u16, u8, type ValueOf } from "../../common/struct.ts";

/**
 * USB descriptors (USB 2.0 chapter 9), as the host reads them. Field names are those of the
 * specification. A bLength larger than needed is accepted: later versions of a descriptor may be
 * longer.
 */

/** Table 9-8, 18 bytes. */
export const DeviceDescriptor = struct("device descriptor", {
  bLength: padding(1, 18),
  bDescriptorType: constant(u8, 1),
  bcdUSB: u16,
  bDeviceClass: u8,
  bDeviceSubClass: u8,
  bDeviceProtocol: u8,
  bMaxPacketSize0: u8,
  idVendor: u16,
  idProduct: u16,
  bcdDevice: u16,
  iManufacturer: u8,
  iProduct: u8,
  iSerialNumber: u8,
  bNumConfigurations: u8,
});
export type DeviceDescriptor = ValueOf<typeof DeviceDescriptor>;

/** Table 9-13, 7 bytes. */
export const EndpointDescriptor = struct("endpoint descriptor", {
  bLength: padding(1, 7),
  bDescriptorType: constant(u8, 5),
  /** Bit 7 set: IN. */
  bEndpointAddress: u8,
  bmAttributes: u8,
  wMaxPacketSize: u16,
  bInterval: u8,
});
export type EndpointDescriptor = ValueOf<typeof EndpointDescriptor>;

/** Table 9-12, 9 bytes: an alternate setting without what follows it. */
export const InterfaceHead = struct("interface descriptor", {
  bLength: padding(1, 9),
  bDescriptorType: constant(u8, 4),
  bInterfaceNumber: u8,
  bAlternateSetting: u8,
  bNumEndpoints: u8,
  bInterfaceClass: u8,
  bInterfaceSubClass: u8,
  bInterfaceProtocol: u8,
  iInterface: u8,
});

/** Table 9-10, 9 bytes: a configuration without what follows it. */
export const ConfigurationHead = struct("configuration descriptor", {
  bLength: padding(1, 9),
  bDescriptorType: constant(u8, 2),
  /** Bytes of this descriptor and all that follow it. */
  wTotalLength: u16,
  bNumInterfaces: u8,
  bConfigurationValue: u8,
  iConfiguration: u8,
  bmAttributes: u8,
  /** In units of 2 mA (8 mA at SuperSpeed). */
  bMaxPower: u8,
});

/** One alternate setting of one interface. */
export interface InterfaceDescriptor extends Omit<ValueOf<typeof InterfaceHead>, "bNumEndpoints"> {
  readonly endpoints: readonly EndpointDescriptor[];
  /** Class descriptors that follow this alternate setting, raw. */
  readonly extra: Uint8Array;
}

/** A configuration with everything that follows it up to wTotalLength. */
export interface ConfigurationDescriptor extends
  Pick<
    ValueOf<typeof ConfigurationHead>,
    "bConfigurationValue" | "bmAttributes" | "bMaxPower"
  > {
  /** Every alternate setting of every interface, in the order of the blob. */
  readonly interfaces: readonly InterfaceDescriptor[];
  /** Class descriptors before the first interface, raw. */
  readonly extra: Uint8Array;
}

/** Reads an 18-byte device descriptor; undefined if it is not one. */
export function parseDeviceDescriptor(bytes: Uint8Array): DeviceDescriptor | undefined {
  return bytes[0] < DeviceDescriptor.size ? undefined : DeviceDescriptor.tryDecode(bytes);
}

/** Yields the descriptors in order, up to the first truncated one. */
export function* descriptorsIn(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; bytes[at] >= 2 && at + bytes[at] <= bytes.length; at += bytes[at]) {
    yield bytes.subarray(at, at + bytes[at]);
  }
}

/**
 * Reads a configuration descriptor with everything that follows it (wTotalLength bytes). From a
 * truncated blob, returns what could be read; undefined only if it does not start as a
 * configuration.
 */
export function parseConfiguration(bytes: Uint8Array): ConfigurationDescriptor | undefined {
  const head = ConfigurationHead.tryDecode(bytes);
  if (!head || bytes[0] < ConfigurationHead.size) return undefined;
  const { wTotalLength, bConfigurationValue, bmAttributes, bMaxPower } = head;
  const extra: Uint8Array[] = [];
  const interfaces: {
    head: ValueOf<typeof InterfaceHead>;
    endpoints: EndpointDescriptor[];
    extra: Uint8Array[];
  }[] = [];
  for (const piece of descriptorsIn(bytes.subarray(bytes[0], wTotalLength))) {
    const current = interfaces.at(-1);
    const setting = InterfaceHead.tryDecode(piece);
    const endpoint = current && EndpointDescriptor.tryDecode(piece);
    if (setting) interfaces.push({ head: setting, endpoints: [], extra: [] });
    else if (endpoint) current.endpoints.push(endpoint);
    else (current?.extra ?? extra).push(piece);
  }
  return {
    bConfigurationValue,
    bmAttributes,
    bMaxPower,
    extra: concat(extra),
    interfaces: interfaces.map(({ head: { bNumEndpoints: _, ...head }, endpoints, extra }) => ({
      ...head,
      endpoints,
      extra: concat(extra),
    })),
  };
}
