import {
  type ConfigurationDescriptor,
  type DeviceDescriptor,
  type EndpointDescriptor,
  type InterfaceDescriptor,
  parseDeviceDescriptor,
} from "../../core/transport/usb/descriptors.ts";
import { ALTSETTING, CONFIG, ENDPOINT, INTERFACE } from "./layout.ts";
import type { Symbols } from "./symbols.ts";

/** The device descriptor, 18 bytes: libusb lays the structure out as on the wire. */
export function readDeviceDescriptor(
  usb: Symbols,
  device: Deno.PointerObject,
): DeviceDescriptor | undefined {
  const bytes = new Uint8Array(18);
  if (usb.libusb_get_device_descriptor(device, bytes) !== 0) return undefined;
  return parseDeviceDescriptor(bytes);
}

/** The configurations that libusb could read; it needs no open device for them. */
export function readConfigurations(
  usb: Symbols,
  device: Deno.PointerObject,
  count: number,
): ConfigurationDescriptor[] {
  const configurations: ConfigurationDescriptor[] = [];
  for (let index = 0; index < count; index++) {
    const out = new BigUint64Array(1);
    if (usb.libusb_get_config_descriptor(device, index, out) !== 0) continue;
    const config = Deno.UnsafePointer.create(out[0]);
    if (!config) continue;
    try {
      configurations.push(readConfiguration(config));
    } finally {
      usb.libusb_free_config_descriptor(config);
    }
  }
  return configurations;
}

function readConfiguration(pointer: Deno.PointerObject): ConfigurationDescriptor {
  const view = new Deno.UnsafePointerView(pointer);
  const interfaces: InterfaceDescriptor[] = [];
  for (
    const entry of items(view, CONFIG.interface, view.getUint8(CONFIG.bNumInterfaces), INTERFACE)
  ) {
    const count = entry.getInt32(INTERFACE.num_altsetting);
    for (const setting of items(entry, INTERFACE.altsetting, count, ALTSETTING)) {
      interfaces.push(readAlternateSetting(setting));
    }
  }
  return {
    bConfigurationValue: view.getUint8(CONFIG.bConfigurationValue),
    bmAttributes: view.getUint8(CONFIG.bmAttributes),
    bMaxPower: view.getUint8(CONFIG.MaxPower),
    interfaces,
    extra: bytesAt(view, CONFIG),
  };
}

function readAlternateSetting(view: Deno.UnsafePointerView): InterfaceDescriptor {
  const endpoints: EndpointDescriptor[] = [];
  const extra = [...bytesAt(view, ALTSETTING)];
  const count = view.getUint8(ALTSETTING.bNumEndpoints);
  for (const endpoint of items(view, ALTSETTING.endpoint, count, ENDPOINT)) {
    endpoints.push({
      bEndpointAddress: endpoint.getUint8(ENDPOINT.bEndpointAddress),
      bmAttributes: endpoint.getUint8(ENDPOINT.bmAttributes),
      wMaxPacketSize: endpoint.getUint16(ENDPOINT.wMaxPacketSize),
      bInterval: endpoint.getUint8(ENDPOINT.bInterval),
    });
    extra.push(...bytesAt(endpoint, ENDPOINT));
  }
  return {
    bInterfaceNumber: view.getUint8(ALTSETTING.bInterfaceNumber),
    bAlternateSetting: view.getUint8(ALTSETTING.bAlternateSetting),
    bInterfaceClass: view.getUint8(ALTSETTING.bInterfaceClass),
    bInterfaceSubClass: view.getUint8(ALTSETTING.bInterfaceSubClass),
    bInterfaceProtocol: view.getUint8(ALTSETTING.bInterfaceProtocol),
    iInterface: view.getUint8(ALTSETTING.iInterface),
    endpoints,
    extra: Uint8Array.from(extra),
  };
}

/** The elements of an array that a structure points to. */
function* items(
  view: Deno.UnsafePointerView,
  offset: number,
  count: number,
  layout: { readonly size: number },
): Generator<Deno.UnsafePointerView> {
  const first = view.getPointer(offset);
  if (!first) return;
  for (let index = 0; index < count; index++) {
    const item = Deno.UnsafePointer.offset(first, index * layout.size);
    if (item) yield new Deno.UnsafePointerView(item);
  }
}

/** A copy of the descriptors that libusb left unread (`extra`, `extra_length`). */
function bytesAt(
  view: Deno.UnsafePointerView,
  layout: { readonly extra: number; readonly extra_length: number },
): Uint8Array {
  const pointer = view.getPointer(layout.extra);
  const length = view.getInt32(layout.extra_length);
  if (!pointer || length <= 0) return new Uint8Array();
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, length).slice(0));
}
