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
   * Answers every control request, including the standard ones (function.ts has a base that answers
   * them). Returns the data for IN, at most wLength bytes, and nothing for OUT.
   */
  control(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void>;
  /**
   * Answers a transfer of up to `length` bytes from an IN endpoint; models without endpoints omit
   * it.
   */
  dataIn?(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
  dataOut?(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Called at a USB port reset. */
  reset?(): void;
  /** Called when the cable was unplugged or the device left the bus: the power is off. */
  detached?(): void;
}

/** Where simulated devices are plugged in; implemented by virtual_bus.ts, offered to SimulatedBoards. */
export interface UsbSocket {
  /** Plugs a model in: the host sees it arrive. A socket takes only one model. */
  attach(model: UsbDeviceModel): void;
  /** Takes the model out: running transfers fail with `disconnected`. Does nothing when empty. */
  detach(): void;
}
