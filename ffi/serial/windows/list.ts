import type { SerialPortInfo } from "../../../core/transport/serial/port.ts";
import type { PlugAndPlay } from "./plug_and_play.ts";

/** The serial ports of Windows; what hangs on USB is known by the devices above it. */
export async function listWindowsPorts(devices: PlugAndPlay): Promise<SerialPortInfo[]> {
  const rootHubs = (await devices.hubs()).filter(isRootHub);
  const ports = new Map<string, SerialPortInfo>();
  for (const path of await devices.portNames()) ports.set(path, { path });
  for (const { path, instance } of await devices.ports()) {
    const usb = await describeUsb(devices, instance, rootHubs);
    ports.set(path, { path, ...(usb && { usb }) });
  }
  return [...ports.values()].sort((a, b) => byNumbers.compare(a.path, b.path));
}

const byNumbers = new Intl.Collator("en", { numeric: true });

/** True for `USB\ROOT_HUB30\4&15F8BA2A&0&0`. */
export function isRootHub(instance: string): boolean {
  return /^USB\\ROOT_HUB/i.test(instance);
}

/** The USB device that one of these hangs on. @param rootHubs all there are, in Windows' order */
export async function describeUsb(
  devices: PlugAndPlay,
  instance: string,
  rootHubs: readonly string[],
): Promise<SerialPortInfo["usb"]> {
  const above = [instance, ...await devices.parents(instance)];
  for (const id of above) {
    const usb = parseInstance(id);
    if (!usb) continue;
    const product = await devices.product(id);
    const root = above.find(isRootHub);
    const portPath = portPathOf(root ? rootHubs.indexOf(root) : -1, await devices.locations(id));
    return { ...usb, ...(product && { product }), ...(portPath && { portPath }) };
  }
}

/**
 * `USB\VID_37C5&PID_1204\2D003A000B51333835333231`. One interface of a device has `&MI_00` and is not
 * the device; a serial with an `&` was made up by Windows.
 */
export function parseInstance(
  id: string,
): { vendorId: number; productId: number; serial?: string } | undefined {
  const found = /^USB\\VID_([0-9A-F]{4})&PID_([0-9A-F]{4})\\(.+)$/i.exec(id);
  if (!found) return undefined;
  const [, vendor, product, serial] = found;
  return {
    vendorId: parseInt(vendor, 16),
    productId: parseInt(product, 16),
    ...(!serial.includes("&") && { serial }),
  };
}

/**
 * `1-1.3` for `PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(1)#USB(3)` behind the first root hub: libusb 1.0.30
 * counts buses by root hubs, in the order of Windows' list (inferred).
 */
export function portPathOf(rootHub: number, locations: readonly string[]): string | undefined {
  const path = locations.find((one) => one.includes("#USBROOT("));
  const ports = [...path?.matchAll(/#USB\((\d+)\)/g) ?? []].map(([, port]) => Number(port));
  return rootHub < 0 || ports.length === 0 ? undefined : `${rootHub + 1}-${ports.join(".")}`;
}
