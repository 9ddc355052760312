import { UnbrickError } from "../../core/errors.ts";
import type { SerialBus } from "../../core/serial/port.ts";
import { hostSystem } from "../native/mod.ts";
import { darwinSerial } from "./darwin/mod.ts";
import { linuxSerial } from "./linux/mod.ts";
import { NativeSerialPort } from "./port.ts";
import type { SerialSystem } from "./system.ts";

const systems: Partial<Record<ReturnType<typeof hostSystem>, () => SerialSystem>> = {
  linux: linuxSerial,
  darwin: darwinSerial,
};

/** The serial ports of this machine. @throws UnbrickError `driver` on an unknown system. */
export function openSerialBus(): SerialBus {
  const system = systems[hostSystem()]?.();
  if (!system) throw new UnbrickError("driver", "Serial ports are not known on this system.");
  return {
    list: () => system.list(),
    open: async (info, settings) =>
      new NativeSerialPort(info, await system.open(info.path, settings)),
  };
}
