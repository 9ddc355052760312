import type { SerialPortInfo } from "../../../core/transport/serial/port.ts";
import type { Registry } from "./core_foundation.ts";

/** Lists the serial ports of macOS by their outgoing names, /dev/cu.*. */
export async function listDarwinPorts(registry: Registry): Promise<SerialPortInfo[]> {
  const ports: SerialPortInfo[] = [];
  await registry.each("IOSerialBSDClient", async (service) => {
    const path = await service.text("IOCalloutDevice");
    if (path === undefined) return;
    const vendorId = await service.number("idVendor"),
      productId = await service.number("idProduct");
    if (vendorId === undefined || productId === undefined) return void ports.push({ path });
    const serial = await service.text("USB Serial Number") ??
      await service.text("kUSBSerialNumberString");
    const product = await service.text("USB Product Name") ??
      await service.text("kUSBProductString");
    const location = await service.number("locationID");
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
 * Returns `20-1.3` for the location 0x14130000: the controller in the highest byte, then four bits
 * for the port of each hub; libusb numbers buses and ports in the same way.
 */
export function portPathOfLocation(location: number): string {
  const digits = (location >>> 0).toString(16).padStart(8, "0");
  const ports = [...digits.slice(2)].map((digit) => parseInt(digit, 16)).filter((port) => port > 0);
  return `${parseInt(digits.slice(0, 2), 16)}-${ports.length > 0 ? ports.join(".") : 0}`;
}
