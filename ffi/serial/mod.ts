import type { SerialBus } from "../../core/transport/serial/port.ts";
import { hostSystem } from "../native/mod.ts";
import { darwinSerial } from "./darwin/mod.ts";
import { linuxSerial } from "./linux/mod.ts";
import { NativeSerialPort } from "./port.ts";
import { windowsSerial } from "./windows/mod.ts";

const systems = { linux: linuxSerial, darwin: darwinSerial, windows: windowsSerial } as const;

/** The serial ports of this machine. @throws UnbrickError `driver` on an unknown system. */
export function openSerialBus(): SerialBus {
  const system = systems[hostSystem()]();
  return {
    list: () => system.list(),
    open: async (info, settings) =>
      new NativeSerialPort(info, await system.open(info.path, settings)),
  };
}
