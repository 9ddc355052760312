/** USB descriptors as the host sees them (USB 2.0 chapter 9). Field names follow the specification. */

/** Table 9-8, 18 bytes. */
export interface DeviceDescriptor {
  readonly bcdUSB: number;
  readonly bDeviceClass: number;
  readonly bDeviceSubClass: number;
  readonly bDeviceProtocol: number;
  readonly bMaxPacketSize0: number;
  readonly idVendor: number;
  readonly idProduct: number;
  readonly bcdDevice: number;
  readonly iManufacturer: number;
  readonly iProduct: number;
  readonly iSerialNumber: number;
  readonly bNumConfigurations: number;
}

/** Table 9-13, 7 bytes. */
export interface EndpointDescriptor {
  /** Bit 7 set: IN. */
  readonly bEndpointAddress: number;
  readonly bmAttributes: number;
  readonly wMaxPacketSize: number;
  readonly bInterval: number;
}

/** One alternate setting of one interface. */
export interface InterfaceDescriptor {
  readonly bInterfaceNumber: number;
  readonly bAlternateSetting: number;
  readonly bInterfaceClass: number;
  readonly bInterfaceSubClass: number;
  readonly bInterfaceProtocol: number;
  readonly iInterface: number;
  readonly endpoints: readonly EndpointDescriptor[];
  /** Class descriptors that follow this alternate setting, raw. */
  readonly extra: Uint8Array;
}

/** Table 9-10, with everything that follows it up to wTotalLength. */
export interface ConfigurationDescriptor {
  readonly bConfigurationValue: number;
  readonly bmAttributes: number;
  /** In units of 2 mA (8 mA at SuperSpeed). */
  readonly bMaxPower: number;
  /** Every alternate setting of every interface, in the order of the blob. */
  readonly interfaces: readonly InterfaceDescriptor[];
  /** Class descriptors before the first interface, raw. */
  readonly extra: Uint8Array;
}

/** bDescriptorType (table 9-5). */
const CONFIGURATION = 2, INTERFACE = 4, ENDPOINT = 5;

/** Reads an 18-byte device descriptor; undefined if it is not one. */
export function parseDeviceDescriptor(bytes: Uint8Array): DeviceDescriptor | undefined {
  if (bytes.length < 18 || bytes[0] < 18 || bytes[1] !== 1) return undefined;
  const u16 = (at: number) => bytes[at] | bytes[at + 1] << 8;
  return {
    bcdUSB: u16(2),
    bDeviceClass: bytes[4],
    bDeviceSubClass: bytes[5],
    bDeviceProtocol: bytes[6],
    bMaxPacketSize0: bytes[7],
    idVendor: u16(8),
    idProduct: u16(10),
    bcdDevice: u16(12),
    iManufacturer: bytes[14],
    iProduct: bytes[15],
    iSerialNumber: bytes[16],
    bNumConfigurations: bytes[17],
  };
}

/**
 * Reads a configuration descriptor with everything that follows it (wTotalLength bytes). Tolerant: a
 * truncated blob gives what could be read; undefined only if it does not start as a configuration.
 */
export function parseConfiguration(bytes: Uint8Array): ConfigurationDescriptor | undefined {
  if (bytes.length < 9 || bytes[0] < 9 || bytes[1] !== CONFIGURATION) return undefined;
  const extra: number[] = [];
  const interfaces: { fixed: Uint8Array; endpoints: EndpointDescriptor[]; extra: number[] }[] = [];
  const end = Math.min(bytes.length, bytes[2] | bytes[3] << 8);
  for (let at = bytes[0]; at + 2 <= end;) {
    const length = bytes[at], type = bytes[at + 1];
    if (length < 2 || at + length > end) break;
    const piece = bytes.subarray(at, at + length);
    const current = interfaces.at(-1);
    if (type === INTERFACE && length >= 9) {
      interfaces.push({ fixed: piece, endpoints: [], extra: [] });
    } else if (type === ENDPOINT && length >= 7 && current) {
      current.endpoints.push({
        bEndpointAddress: piece[2],
        bmAttributes: piece[3],
        wMaxPacketSize: piece[4] | piece[5] << 8,
        bInterval: piece[6],
      });
    } else (current?.extra ?? extra).push(...piece);
    at += length;
  }
  return {
    bConfigurationValue: bytes[5],
    bmAttributes: bytes[7],
    bMaxPower: bytes[8],
    extra: Uint8Array.from(extra),
    interfaces: interfaces.map(({ fixed, endpoints, extra }) => ({
      bInterfaceNumber: fixed[2],
      bAlternateSetting: fixed[3],
      bInterfaceClass: fixed[5],
      bInterfaceSubClass: fixed[6],
      bInterfaceProtocol: fixed[7],
      iInterface: fixed[8],
      endpoints,
      extra: Uint8Array.from(extra),
    })),
  };
}
