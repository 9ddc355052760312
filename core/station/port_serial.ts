import { UnbrickError } from "../common/errors.ts";
import type { SerialBus, SerialPortInfo } from "../transport/serial/port.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import { text } from "../common/text.ts";

/**
 * Returns a bus with only the serial ports on one USB port. If the system does not report an
 * adapter's USB port, the adapter counts only if it is the only one of its kind: a wrong guess
 * could write to another camera.
 */
export function serialOfPort(
  serial: SerialBus,
  path: string,
  devices: () => readonly UsbDeviceInfo[],
): SerialBus {
  const here = async () => {
    const ports = await serial.list();
    const placed = ports.filter(({ usb }) => usb?.portPath === path);
    if (placed.length > 0) return placed;
    const lost = ports.filter(({ usb }) => usb && usb.portPath === undefined);
    return requireUnique(lost, ports, path, devices());
  };
  return {
    list: here,
    open: async (info, settings) => {
      if ((await here()).some((one) => one.path === info.path)) {
        return await serial.open(info, settings);
      }
      const message = text`The serial port ${info.path} is not on USB port ${path}.`;
      throw new UnbrickError("not-found", message, { port: info.path });
    },
  };
}

/** @throws UnbrickError `driver` if it could be one of several */
function requireUnique(
  lost: readonly SerialPortInfo[],
  ports: readonly SerialPortInfo[],
  path: string,
  devices: readonly UsbDeviceInfo[],
): readonly SerialPortInfo[] {
  const kindOf = ({ usb }: SerialPortInfo) => `${usb?.vendorId}:${usb?.productId}`;
  const kinds = devices.map(({ descriptor, portPath }) => ({
    portPath,
    kind: `${descriptor.idVendor}:${descriptor.idProduct}`,
  }));
  const ours = lost.filter((one) =>
    kinds.some(({ portPath, kind }) => portPath === path && kind === kindOf(one))
  );
  const isAlone = (one: SerialPortInfo) =>
    ports.filter((other) => kindOf(other) === kindOf(one)).length === 1 &&
    kinds.filter(({ kind }) => kind === kindOf(one)).length === 1;
  if (ours.every(isAlone)) return ours;
  throw new UnbrickError(
    "driver",
    text`The system does not say which serial adapter is on which USB port. Connect one such
      camera at a time.`,
    { port: path },
  );
}
