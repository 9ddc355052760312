import type { Clock } from "../common/clock.ts";
import { CdcSerialBus } from "./serial/cdc_bus.ts";
import { joinedBuses } from "./serial/joined.ts";
import { MemorySerialBus, type SerialSocket } from "./serial/memory.ts";
import type { SerialBus } from "./serial/port.ts";
import { MemoryBus } from "./usb/memory.ts";
import { VirtualBus, type VirtualBusOptions, type VirtualSocket } from "./usb/virtual_bus.ts";

/** The USB and serial ports of a simulated computer: cameras plug into them, programs open what is there. */
export class VirtualPorts {
  readonly bus: VirtualBus;
  /** Serial ports that hang on no device of the bus, as those of adapters in this process do. */
  readonly adapters: MemorySerialBus;
  /** All serial ports, as a program sees them. */
  readonly serial: SerialBus;

  /** @param options by default transfers take their time on the wire. */
  constructor(private readonly clock: Clock, options: VirtualBusOptions = { wireClock: clock }) {
    this.bus = new VirtualBus(options);
    this.adapters = new MemorySerialBus(clock);
    this.serial = joinedBuses([this.adapters, new CdcSerialBus(this.bus, clock)]);
  }

  /** What a simulated camera at a port is made with: its socket, and where its adapter shows up. */
  at(path: string): { clock: Clock; socket: VirtualSocket; serial: SerialSocket } {
    const { clock } = this;
    const socket = this.bus.socket(path);
    return { clock, socket, serial: this.adapters.socket(() => socket.portPath) };
  }

  /** The bus as a program sees it, which closes it again. */
  openBus(): MemoryBus {
    return new MemoryBus(this.bus, this.clock);
  }
}
