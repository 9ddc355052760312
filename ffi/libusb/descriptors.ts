import { concat } from "../../core/common/bytes.ts";
import type { ValueOf } from "../../core/common/struct.ts";
import {
  type ConfigurationDescriptor,
  DeviceDescriptor,
  type InterfaceDescriptor,
  parseDeviceDescriptor,
} from "../../core/transport/usb/descriptors.ts";
import { ALTSETTING, CONFIG, ENDPOINT, INTERFACE } from "./layout.ts";
import { readAll, readMemory } from "./memory.ts";
import type { Symbols } from "./symbols.ts";

/** Reads the device descriptor, 18 bytes: libusb's structure has the same layout as on the wire. */
export function readDeviceDescriptor(
  usb: Symbols,
  device: Deno.PointerObject,
): DeviceDescriptor | undefined {
  const bytes = new Uint8Array(DeviceDescriptor.size);
  if (usb.libusb_get_device_descriptor(device, bytes) !== 0) return undefined;
  return parseDeviceDescriptor(bytes);
}

/** Reads the configurations that libusb knows, without opening the device. */
export function readConfigurations(
  usb: Symbols,
  device: Deno.PointerObject,
  count: number,
): ConfigurationDescriptor[] {
  const configurations: ConfigurationDescriptor[] = [];
  for (let index = 0; index < count; index++) {
    const out = new BigUint64Array(1);
    if (usb.libusb_get_config_descriptor(device, index, out) !== 0) continue;
    try {
      configurations.push(...readAll(CONFIG, out[0], 1).map(configurationOf));
    } finally {
      usb.libusb_free_config_descriptor(Deno.UnsafePointer.create(out[0]));
    }
  }
  return configurations;
}

function configurationOf(config: ValueOf<typeof CONFIG>): ConfigurationDescriptor {
  const { bConfigurationValue, bmAttributes, MaxPower: bMaxPower } = config;
  const interfaces = readAll(INTERFACE, config.interface, config.bNumInterfaces).flatMap(
    ({ altsetting, num_altsetting }) => readAll(ALTSETTING, altsetting, num_altsetting),
  ).map(alternateSettingOf);
  const extra = readMemory(config.extra, config.extra_length);
  return { bConfigurationValue, bmAttributes, bMaxPower, interfaces, extra };
}

/** Reads an alternate setting with the unparsed descriptors of itself and its endpoints. */
function alternateSettingOf(setting: ValueOf<typeof ALTSETTING>): InterfaceDescriptor {
  const { bNumEndpoints, endpoint, extra, extra_length, ...fields } = setting;
  const endpoints = readAll(ENDPOINT, endpoint, bNumEndpoints);
  const unread = [{ extra, extra_length }, ...endpoints];
  return {
    ...fields,
    endpoints: endpoints.map(({ extra: _, extra_length: __, ...fields }) => fields),
    extra: concat(unread.map(({ extra, extra_length }) => readMemory(extra, extra_length))),
  };
}
