import type { ConfigurationDescriptor, DeviceDescriptor } from "./descriptors.ts";

/**
 * The transport: all that protocol code may know about USB. Implemented by ffi and by memory.ts.
 */

export type UsbSpeed = "low" | "full" | "high" | "super" | "unknown";

/** What is known about a device without opening it. */
export interface UsbDeviceInfo {
  readonly bus: number;
  readonly address: number;
  /** Bus and chain of hub ports, `1-1.3`: stays the same when the device re-enumerates. */
  readonly portPath: string;
  readonly speed: UsbSpeed;
  readonly descriptor: DeviceDescriptor;
  readonly configurations: readonly ConfigurationDescriptor[];
  /** Windows: the driver that is bound to it, as far as the system tells. */
  readonly driver?: DriverState;
}

/** What Windows knows about the driver of a device, without opening the device. */
export interface DriverState {
  /** The name of its service, `WINUSB`; "" if there is none. */
  readonly service: string;
  /** Who made it. */
  readonly provider?: string;
  /** The problem code of Device Manager; 0 if there is none. */
  readonly problem: number;
}

/** Every transfer has a deadline and can be cancelled. */
export interface TransferOptions {
  /** Greater than zero. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The first four fields of a SETUP packet; wLength follows from the data. */
export interface ControlSetup {
  readonly bmRequestType: number;
  readonly bRequest: number;
  readonly wValue: number;
  readonly wIndex: number;
}

/**
 * Returns how many transfers to one endpoint, or control transfers, should be under way together: while one
 * is on the wire, the host has time to prepare the next ones.
 */
export const transfersTogether = ({ keepsOrder }: Pick<UsbDevice, "keepsOrder">): number =>
  keepsOrder ? 4 : 1;

/**
 * An open device. Concurrent transfers have no order, not even on one endpoint, unless `keepsOrder`
 * is true: if the order matters, wait for each before starting the next. Every method throws
 * UnbrickError of kind `disconnected` (the device left the bus), `timeout`, `stalled`, `protocol`
 * (more data than asked for), `cancelled`, `permission`, `driver` or `busy`.
 */
export interface UsbDevice {
  readonly info: UsbDeviceInfo;
  /** True if the system accepts only HID reports of their full declared size (Windows). */
  readonly wholeReports?: boolean;
  /**
   * True if transfers to one endpoint, or control transfers, reach the device one after another, as
   * they were started. One that fails does not stop those behind it.
   */
  readonly keepsOrder?: boolean;
  /** Claims an interface, detaching a kernel driver if one is bound. */
  claim(interfaceNumber: number): Promise<void>;
  release(interfaceNumber: number): Promise<void>;
  setAlternate(interfaceNumber: number, alternateSetting: number): Promise<void>;
  /** Reads up to `length` bytes (wLength); fewer are not an error. */
  controlIn(setup: ControlSetup, length: number, options: TransferOptions): Promise<Uint8Array>;
  controlOut(setup: ControlSetup, data: Uint8Array, options: TransferOptions): Promise<void>;
  /** Does one interrupt transfer of up to `length` bytes, which ends at the first short packet. */
  interruptIn(endpoint: number, length: number, options: TransferOptions): Promise<Uint8Array>;
  interruptOut(endpoint: number, data: Uint8Array, options: TransferOptions): Promise<void>;
  /** Resets the port. @throws `disconnected` if the device does not return as the same device. */
  reset(): Promise<void>;
  /** Releases everything; may be called twice; never throws. */
  close(): Promise<void>;
}

/** All USB devices that this host can see. */
export interface UsbBus {
  list(): Promise<readonly UsbDeviceInfo[]>;
  /**
   * Resolves to true when a device arrived or left since the last call of `list`, false after
   * `timeoutMs` without a change. Changes are noticed within 250 ms.
   */
  changed(options: TransferOptions): Promise<boolean>;
  /**
   * Returns the ports with devices that did not answer the system when they were plugged in, so that
   * they have no ids. Omitted if the system does not report them.
   */
  silentPorts?(): Promise<readonly string[]>;
  /** @throws UnbrickError `disconnected`, `permission`, `driver`, `busy`. */
  open(info: UsbDeviceInfo): Promise<UsbDevice>;
  close(): Promise<void>;
}
