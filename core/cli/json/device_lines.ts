import type { DeviceSummary } from "../../device/device_summary.ts";
import type { DriverState } from "../../transport/usb/device.ts";

/** A device as `devices` lists it; only its port and USB id are always known. */
export interface ListedDevice extends Partial<Omit<DeviceSummary, "port" | "usbId">> {
  readonly port: string;
  readonly usbId: string;
  /** Windows: the driver that is bound to the device. */
  readonly driver?: DriverState;
}
