import type { SerialPortInfo } from "../../../core/transport/serial/port.ts";
import type { Registry } from "./core_foundation.ts";

/** The serial ports of macOS by their outgoing names, /dev/cu.*. */
export function listDarwinPorts(registry: Registry): SerialPortInfo[] {
  const ports: SerialPortInfo[] = [];
  registry.each("IOSerialBSDClient", (service) => {
    const path = service.text("IOCalloutDevice");
    if (path === undefined) return;
    const vendorId = service.number("idVendor"), productId = service.number("idProduct");
    if (vendorId === undefined || productId === undefined) return ports.push({ path });
    const serial = service.text("USB Serial Number") ?? service.text("kUSBSerialNumberString");
    const product = service.text("USB Product Name") ?? service.text("kUSBProductString");
    const location = service.number("locationID");
    ports.push({
      path,
      usb: {
        vendorId,
        productId,
        ...(serial !== undefined && { serial }),
        ...(product !== undefined && { product }),
        ...(location !== undefined && { portPath: portPathOfLocation(location) }),
      },
    });
  });
  return ports.sort((a, b) => a.path < b.path ? -1 : 1);
}

/**
 * `20-1.3` for the location 0x14130000: the controller in the highest byte, then the port of each hub
 * in four bits; libusb numbers buses and ports in the same way.
 */
export function portPathOfLocation(location: number): string {
  const digits = (location >>> 0).toString(16).padStart(8, "0");
  const ports = [...digits.slice(2)].map((digit) => parseInt(digit, 16)).filter((port) => port > 0);
  return `${parseInt(digits.slice(0, 2), 16)}-${ports.length > 0 ? ports.join(".") : 0}`;
}
