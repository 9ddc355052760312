import type { Limit } from "../native/bounded.ts";
import type { SerialPortInfo, SerialSettings } from "../../core/transport/serial/port.ts";
import type { TransferOptions } from "../../core/transport/usb/device.ts";

/** The port of a call, for errors, and the signal that ends its wait. */
export type PortLimit = Pick<Limit, "subject" | "port" | "signal">;

/** An operating system's part of serial ports; port.ts handles deadlines and orderly closing. */
export interface SerialSystem {
  list(): Promise<readonly SerialPortInfo[]>;
  /** Opens a port exclusively: 8N1, no flow control, both signals as requested, input empty. */
  open(path: string, settings: SerialSettings, limit: PortLimit): Promise<SystemPort>;
}

/**
 * An open port. Methods throw UnbrickError of the kinds that SerialPort lists, except `timeout`.
 */
export interface SystemPort {
  /** Reads one to `maxLength` bytes; undefined if none arrived in time. */
  read(maxLength: number, options: TransferOptions): Promise<Uint8Array | undefined>;
  /** Writes bytes; returns false if not all were sent in time, and discards the rest. */
  write(bytes: Uint8Array, options: TransferOptions): Promise<boolean>;
  setBaudRate(baudRate: number): Promise<void>;
  setSignals(signals: { readonly dtr?: boolean; readonly rts?: boolean }): Promise<void>;
  discardInput(): Promise<void>;
  close(): Promise<void>;
}
