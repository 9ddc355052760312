import type { SerialBus, SerialPort } from "../transport/serial/port.ts";
import type { UsbBus, UsbDevice } from "../transport/usb/device.ts";

/** Counts the bytes that devices and ports send, at the transport: no step can count differently. */
export class ReceivedBytes {
  /** Bytes received so far. */
  total = 0;

  /** Returns the bus with counting devices. */
  usb(bus: UsbBus): UsbBus {
    return {
      list: () => bus.list(),
      changed: (options) => bus.changed(options),
      open: async (info) => this.#device(await bus.open(info)),
      close: () => bus.close(),
    };
  }

  /** Returns the bus with counting ports. */
  serial(bus: SerialBus): SerialBus {
    return {
      list: () => bus.list(),
      open: async (info, settings) => this.#port(await bus.open(info, settings)),
    };
  }

  #device(device: UsbDevice): UsbDevice {
    return {
      get info() {
        return device.info;
      },
      get wholeReports() {
        return device.wholeReports;
      },
      get keepsOrder() {
        return device.keepsOrder;
      },
      claim: (number) => device.claim(number),
      release: (number) => device.release(number),
      setAlternate: (number, setting) => device.setAlternate(number, setting),
      controlIn: async (...all) => this.#count(await device.controlIn(...all)),
      controlOut: (...all) => device.controlOut(...all),
      interruptIn: async (...all) => this.#count(await device.interruptIn(...all)),
      interruptOut: (...all) => device.interruptOut(...all),
      reset: () => device.reset(),
      close: () => device.close(),
    };
  }

  #port(port: SerialPort): SerialPort {
    return {
      info: port.info,
      read: async (...all) => this.#count(await port.read(...all)),
      write: (...all) => port.write(...all),
      setBaudRate: (baudRate) => port.setBaudRate(baudRate),
      setSignals: (signals) => port.setSignals(signals),
      discardInput: () => port.discardInput(),
      close: () => port.close(),
    };
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.total += bytes.length;
    return bytes;
  }
}
