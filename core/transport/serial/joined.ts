import { UnbrickError } from "../../common/errors.ts";
import type { SerialBus, SerialPortInfo } from "./port.ts";
import { text } from "../../common/text.ts";

/**
 * Returns the ports of several buses as one bus; their paths must differ. If two buses list a port
 * at the same place on USB, it is one device, and the earlier bus keeps it.
 */
export function joinedBuses(buses: readonly SerialBus[]): SerialBus {
  return {
    list: async () => {
      const ports = (await Promise.all(buses.map((bus) => bus.list()))).flat();
      const place = ({ path, usb }: SerialPortInfo) => usb?.portPath ?? path;
      return ports.filter((one, at) =>
        ports.findIndex((other) => place(other) === place(one)) === at
      );
    },
    open: async (info, settings) => {
      for (const bus of buses) {
        const isHere = (await bus.list()).some(({ path }) => path === info.path);
        if (isHere) return await bus.open(info, settings);
      }
      const { path } = info;
      throw new UnbrickError("not-found", text`There is no serial port ${path}.`, { port: path });
    },
  };
}
