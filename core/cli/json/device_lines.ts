import type { DeviceSummary } from "../../device/device_summary.ts";

/** A device as `devices` lists it; only its port and USB id are always known. */
export interface ListedDevice extends Partial<Omit<DeviceSummary, "port" | "usbId">> {
  readonly port: string;
  readonly usbId: string;
}
