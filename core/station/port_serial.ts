import { UnbrickError } from "../common/errors.ts";
import type { SerialBus, SerialPortInfo } from "../transport/serial/port.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import { text } from "../common/text.ts";

/**
 * The serial ports that hang on one USB port. Where the system does not tell where an adapter hangs, it
 * counts as this port's only if there is no other of its kind: a guess might write to another camera.
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
    return lost.length === 0 ? [] : requireUnique(lost, ports, path, devices());
  };
  return {
    list: here,
    open: async (info, settings) => {
      if ((await here()).some((one) => one.path === info.path)) {
        return await serial.open(info, settings);
      }
      const message = text`The serial port ${info.path} is not on USB port ${path}.`;
      throw new UnbrickError("not-found", message, { path: info.path, port: path });
    },
  };
}

/** @throws UnbrickError `driver` if it cannot be told which of several it is */
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
