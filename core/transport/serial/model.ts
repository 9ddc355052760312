/** The device side of a serial line: what a simulated device does with the bytes it receives. */

/** What hangs on the far end of a serial line. */
export interface SerialModel {
  /** Bits a second at which its UART sends and listens now. */
  readonly baudRate: number;
  /** Bytes as its UART makes them out, garbled if the host uses another rate. */
  receive(bytes: Uint8Array): void;
}

/** What listens on the near end: an open port, or a USB adapter that carries the bytes on. */
export interface SerialHost {
  /** Bits a second at which the near end listens. */
  readonly baudRate: number;
  receive(bytes: Uint8Array): void;
}

/** Seen from the host. */
export type Direction = "to-device" | "to-host";

/**
 * Sees every piece of bytes on a line (one frame, as both sides send whole frames) and may change it,
 * hold it, or send it more than once. `pass` hands bytes on.
 */
export interface LineInterposer {
  bytes(direction: Direction, bytes: Uint8Array, pass: (bytes: Uint8Array) => void): void;
}
