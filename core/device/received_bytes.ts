import type { SerialBus, SerialPort } from "../transport/serial/port.ts";
import type { UsbBus, UsbDevice } from "../transport/usb/device.ts";

/** The methods of a device or port that return what it sent. */
const receiving = new Set<PropertyKey>(["controlIn", "interruptIn", "read"]);

/** Counts the bytes that devices and ports send, at the transport: no step can count differently. */
export class ReceivedBytes {
  /** Bytes received so far. */
  total = 0;

  /** Returns the bus with counting devices. */
  usb(bus: UsbBus): UsbBus {
    return {
      list: () => bus.list(),
      changed: (options) => bus.changed(options),
      open: async (info) => this.#counting<UsbDevice>(await bus.open(info)),
      close: () => bus.close(),
    };
  }

  /** Returns the bus with counting ports. */
  serial(bus: SerialBus): SerialBus {
    return {
      list: () => bus.list(),
      open: async (info, settings) => this.#counting<SerialPort>(await bus.open(info, settings)),
    };
  }

  #counting<T extends object>(opened: T): T {
    return new Proxy(opened, {
      get: (target, key) => {
        const value = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        if (!receiving.has(key)) return value.bind(target);
        return async (...all: unknown[]) => {
          const bytes: Uint8Array = await value.apply(target, all);
          this.total += bytes.length;
          return bytes;
        };
      },
    });
  }
}
