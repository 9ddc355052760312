import { text } from "../../core/common/text.ts";
import type { SerialBus } from "../../core/transport/serial/port.ts";
import { hostSystem } from "../native/mod.ts";
import { NativeSerialPort } from "./port.ts";
import type { SerialSystem } from "./system.ts";

/** Only the running system's part is loaded. */
const systems = {
  linux: async () => (await import("./linux/mod.ts")).linuxSerial,
  darwin: async () => (await import("./darwin/mod.ts")).darwinSerial,
  windows: async () => (await import("./windows/mod.ts")).windowsSerial,
} as const;

/**
 * Opens the serial ports of this computer.
 * @param signal ends all waits for calls that do not return
 * @throws UnbrickError `driver` on an unknown system.
 */
export async function openSerialBus(signal?: AbortSignal): Promise<SerialBus> {
  const open = await systems[hostSystem()]();
  return serialBusOf(open(signal), signal);
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
