import type { Operator } from "../../plan/operator.ts";
import type { SerialBus } from "../../transport/serial/port.ts";
import type { UsbBus } from "../../transport/usb/device.ts";

/** What a recording answers with, in place of cameras and people. */
export interface ReplayHost {
  readonly usb: UsbBus;
  readonly serial: SerialBus;
  readonly operator: Operator;
}
