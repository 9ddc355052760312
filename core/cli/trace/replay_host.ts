import type { Look } from "./look.ts";
import type { Operator } from "../../plan/operator.ts";
import type { SerialBus } from "../../transport/serial/port.ts";
import type { UsbBus } from "../../transport/usb/device.ts";

/** What a recording answers with, in place of cameras and people. */
export interface ReplayHost {
  readonly usb: UsbBus;
  readonly serial: SerialBus;
  readonly operator: Operator;
  /** Looks, or skips what was left out of the recording. */
  readonly look: Look;
  /** Adds an image of the run: what the recording left out may be a block of it. */
  addImage(bytes: Uint8Array): void;
}
