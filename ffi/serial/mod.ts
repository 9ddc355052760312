import { text } from "../../core/common/text.ts";
import type { SerialBus } from "../../core/transport/serial/port.ts";
import { hostSystem } from "../native/mod.ts";
import { darwinSerial } from "./darwin/mod.ts";
import { linuxSerial } from "./linux/mod.ts";
import { NativeSerialPort } from "./port.ts";
import type { SerialSystem } from "./system.ts";
import { windowsSerial } from "./windows/mod.ts";

const systems = { linux: linuxSerial, darwin: darwinSerial, windows: windowsSerial } as const;

/**
 * Opens the serial ports of this computer.
 * @param signal ends all waits for calls that do not return
 * @throws UnbrickError `driver` on an unknown system.
 */
export function openSerialBus(signal?: AbortSignal): SerialBus {
  return serialBusOf(systems[hostSystem()](signal), signal);
}

/**
 * Returns the serial ports of a system. @param signal ends all waits for calls that do not return
 */
export function serialBusOf(system: SerialSystem, signal?: AbortSignal): SerialBus {
  return {
    list: () => system.list(),
    open: async (info, settings) => {
      const limit = {
        subject: text`the serial port ${info.path}`,
        port: info.usb?.portPath,
        signal,
      };
      return new NativeSerialPort(info, await system.open(info.path, settings, limit));
    },
  };
}
