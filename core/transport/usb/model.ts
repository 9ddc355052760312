import type { UsbSpeed } from "./device.ts";
import type { SetupPacket } from "./setup_packet.ts";

/** The device side of USB: what a simulated device does with each transfer. */

/** Thrown by a model to answer a transfer with STALL. */
export class Stall extends Error {
  override readonly name = "Stall";
}

/**
 * A simulated device. A transfer that the chip would hold with NAK is a promise that settles later, on
 * the model's clock. `signal` aborts when the host gives the transfer up (timeout, URB unlink) or the
 * device is unplugged: the model must then stop waiting for the host, while work already started
 * inside the chip (an erase) goes on.
 */
export interface UsbDeviceModel {
  readonly speed: UsbSpeed;
  /** 18-byte device descriptor. */
  readonly deviceDescriptor: Uint8Array;
  /** Configuration descriptors, each with everything that follows it. */
  readonly configurations: readonly Uint8Array[];
  /**
   * Every control request, the standard ones included (see function.ts for a base that answers them).
   * For IN returns the data, at most wLength bytes; for OUT returns nothing.
   */
  control(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void>;
  /** A transfer of up to `length` bytes from an IN endpoint; models without endpoints leave it out. */
  dataIn?(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
  dataOut?(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<void>;
  /** USB port reset. */
  reset?(): void;
  /** The cable was pulled, or the device left the bus: power is gone. */
  detached?(): void;
}

/** Where simulated devices are plugged in; implemented by virtual_bus.ts, offered to SimulatedBoards. */
export interface UsbSocket {
  /** Plugs a model in: the host sees it arrive. Only one model a socket. */
  attach(model: UsbDeviceModel): void;
  /** Takes the model out: running transfers end as `disconnected`. No-op when empty. */
  detach(): void;
}
