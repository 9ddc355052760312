import type { Clock } from "../common/clock.ts";
import { CdcSerialBus } from "./serial/cdc_bus.ts";
import { joinedBuses } from "./serial/joined.ts";
import { MemorySerialBus, type SerialSocket } from "./serial/memory.ts";
import type { SerialBus } from "./serial/port.ts";
import { MemoryBus } from "./usb/memory.ts";
import { VirtualBus, type VirtualBusOptions, type VirtualSocket } from "./usb/virtual_bus.ts";

/**
 * The USB and serial ports of a simulated computer: cameras are plugged into them, and programs
 * open them.
 */
export class VirtualPorts {
  readonly bus: VirtualBus;
  /** Serial ports that belong to no device of the bus, such as those of simulated adapters. */
  readonly adapters: MemorySerialBus;
  /** All serial ports, as a program sees them. */
  readonly serial: SerialBus;

  /** @param options by default transfers take their time on the wire. */
  constructor(private readonly clock: Clock, options: VirtualBusOptions = { wireClock: clock }) {
    this.bus = new VirtualBus(options);
    this.adapters = new MemorySerialBus(clock);
    this.serial = joinedBuses([this.adapters, new CdcSerialBus(this.bus, clock)]);
  }

  /**
   * Returns what a simulated camera at a port needs: its USB socket and its adapter's serial
   * socket.
   */
  at(path: string): { clock: Clock; socket: VirtualSocket; serial: SerialSocket } {
    const { clock } = this;
    const socket = this.bus.socket(path);
    return { clock, socket, serial: this.adapters.socket(() => socket.portPath) };
  }

  /** Opens the bus as a program sees it; the program closes it. */
  openBus(): MemoryBus {
    return new MemoryBus(this.bus, this.clock);
  }
}
