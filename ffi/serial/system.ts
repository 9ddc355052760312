import type { Limit } from "../native/bounded.ts";
import type { SerialPortInfo, SerialSettings } from "../../core/transport/serial/port.ts";
import type { TransferOptions } from "../../core/transport/usb/device.ts";

/** Which port a call that hangs is made for, and when it is not waited for any more. */
export type PortLimit = Pick<Limit, "subject" | "port" | "signal">;

/** What an operating system does for serial ports; deadlines and closing in order are port.ts's. */
export interface SerialSystem {
  list(): Promise<readonly SerialPortInfo[]>;
  /** Opens exclusively, 8N1, no flow control, both signals as asked for, nothing in the input. */
  open(path: string, settings: SerialSettings, limit: PortLimit): Promise<SystemPort>;
}

/** An open port. Methods throw UnbrickError of the kinds that SerialPort names, but `timeout`. */
export interface SystemPort {
  /** One to `maxLength` bytes; undefined if none came in time. */
  read(maxLength: number, options: TransferOptions): Promise<Uint8Array | undefined>;
  /** False if the line did not take all of it in time: the rest is thrown away. */
  write(bytes: Uint8Array, options: TransferOptions): Promise<boolean>;
  setBaudRate(baudRate: number): Promise<void>;
  setSignals(signals: { readonly dtr?: boolean; readonly rts?: boolean }): Promise<void>;
  discardInput(): Promise<void>;
  close(): Promise<void>;
}
