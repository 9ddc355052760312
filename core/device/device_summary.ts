import { usbId } from "../common/format.ts";
import type { DetectedDevice, Mode } from "./detected_device.ts";
import type { Words } from "../common/text.ts";

/** A device as it appears in events and reports; see `DetectedDevice`. */
export interface DeviceSummary {
  readonly port: string;
  readonly mode: Mode;
  /** `0483:df11` */
  readonly usbId: string;
  readonly title: Words;
  readonly boardIds: readonly string[];
  readonly serial?: string;
}

/** Returns the summary of a device for events and reports. */
export function summarise({ seen, mode, title, boardIds }: DetectedDevice): DeviceSummary {
  const { usb, serial } = seen;
  return {
    port: usb.portPath,
    mode,
    usbId: usbId(usb.descriptor.idVendor, usb.descriptor.idProduct),
    title,
    boardIds,
    serial,
  };
}
