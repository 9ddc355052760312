/**
 * Returns the number that macOS gives the place of a USB device (IOKit's locationID): the bus in
 * the highest byte, then four bits for the port of each hub, from the root on. libusb's bus number
 * and port path come from the same number (libusb 1.0.30, os/darwin_usb.c).
 * @param portPath `20-1.3`; `20-0` is the root itself
 * @returns 0x14130000; undefined for a path that does not fit into such a number.
 */
export function locationOf(portPath: string): number | undefined {
  const [, bus, chain] = /^(\d+)-([\d.]+)$/.exec(portPath) ?? [];
  if (!chain) return undefined;
  const ports = chain.split(".").map(Number).filter((port) => port > 0);
  if (Number(bus) > 255 || ports.length > 6 || ports.some((port) => port > 15)) return undefined;
  return ports.reduce(
    (location, port, depth) => location + port * 2 ** (20 - 4 * depth),
    Number(bus) * 2 ** 24,
  );
}
