import type { TransferOptions } from "../usb/device.ts";

/**
 * The serial transport: all that protocol code may know about serial ports. 8N1, no flow control.
 */

/** What is known about a serial port without opening it. */
export interface SerialPortInfo {
  /** `/dev/ttyACM0`, `/dev/cu.usbmodem1101`, `COM3` */
  readonly path: string;
  /** Undefined for ports that are not on USB. */
  readonly usb?: {
    readonly vendorId: number;
    readonly productId: number;
    readonly serial?: string;
    readonly product?: string;
    /** As UsbDeviceInfo.portPath (`1-1.3`), if the system reports it. */
    readonly portPath?: string;
  };
}

/**
 * An open port, held exclusively. Every method throws UnbrickError of kind `disconnected` (the
 * adapter was unplugged), `timeout`, `cancelled`, `permission`, `busy` or `driver`.
 */
export interface SerialPort {
  readonly info: SerialPortInfo;
  /**
   * Returns one to `maxLength` bytes, as soon as there are any. @throws `timeout` if none arrived
   * in time.
   */
  read(maxLength: number, options: TransferOptions): Promise<Uint8Array>;
  /** Resolves when the last byte has been handed to the line. */
  write(bytes: Uint8Array, options: TransferOptions): Promise<void>;
  /** Bits a second; non-standard rates (55000) included. */
  setBaudRate(baudRate: number): Promise<void>;
  setSignals(signals: { readonly dtr?: boolean; readonly rts?: boolean }): Promise<void>;
  /** Discards bytes that were received and not yet read. */
  discardInput(): Promise<void>;
  /** May be called twice; never throws. */
  close(): Promise<void>;
}

/** How a port is opened: always 8 data bits, no parity, one stop bit, no flow control. */
export interface SerialSettings {
  readonly baudRate: number;
  /** Default true, both. */
  readonly dtr?: boolean;
  readonly rts?: boolean;
}

/** All serial ports that this host can see. */
export interface SerialBus {
  list(): Promise<readonly SerialPortInfo[]>;
  /** @throws UnbrickError `not-found`, `permission`, `busy`, `driver`. */
  open(info: SerialPortInfo, settings: SerialSettings): Promise<SerialPort>;
}
