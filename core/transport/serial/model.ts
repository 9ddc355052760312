/** The device side of a serial line: what a simulated device does with the bytes it receives. */

/** The device at the far end of a serial line. */
export interface SerialModel {
  /** Bits a second at which its UART sends and receives now. */
  readonly baudRate: number;
  /** Receives bytes as its UART samples them: garbled if the host uses another rate. */
  receive(bytes: Uint8Array): void;
}

/** The listener at the near end: an open port, or a USB adapter that forwards the bytes. */
export interface SerialHost {
  /** Bits a second at which the near end listens. */
  readonly baudRate: number;
  receive(bytes: Uint8Array): void;
}

/** The direction, seen from the host. */
export type Direction = "to-device" | "to-host";

/**
 * Sees every piece of bytes on a line (one frame, because both sides send whole frames) and may
 * change, hold or repeat it. `pass` forwards bytes.
 */
export interface LineInterposer {
  bytes(direction: Direction, bytes: Uint8Array, pass: (bytes: Uint8Array) => void): void;
}
