import type { UnbrickError } from "../common/errors.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import type { Words } from "../common/text.ts";

/** A device on the bus, with the strings that could be read from it. Input of `recognise`. */
export interface SeenDevice {
  readonly usb: UsbDeviceInfo;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
  /** Names of the alternate settings, by `interface:alternate`, for example `0:0`. */
  readonly interfaceNames: ReadonlyMap<string, string>;
  /** Why the strings could not be read: permission, driver, busy. */
  readonly unreadable?: UnbrickError;
}

/** A device with an id of some family that is left alone. */
export interface UnusableDevice {
  readonly seen: SeenDevice;
  /** What it is; left out if its names could not be read. */
  readonly title?: Words;
  readonly reason: UnbrickError;
}

/**
 * How a board shows itself. `rom` is the chip's own bootloader, `flashloader` one that was loaded into
 * RAM, `bootloader` the camera's resident one.
 */
export type Mode = "firmware" | "bootloader" | "rom" | "flashloader";

/** A device that a family recognised. */
export interface DetectedDevice {
  readonly familyId: string;
  readonly mode: Mode;
  readonly seen: SeenDevice;
  /** Ids of the boards it may be, as far as can be told without talking to it; at least one. */
  readonly boardIds: readonly string[];
  /** What it is, in the technician's words: "STM32H7 system bootloader (ST ROM)". */
  readonly title: Words;
  /** Its ids are those of other things, too: only its answers tell whether it is this (`identify`). */
  readonly isCandidate?: boolean;
  /** It is used through its serial port: the USB device itself need not be opened. */
  readonly isSerial?: boolean;
}

/** True if the device can be used now; a running firmware only needs to be seen. */
export function isUsable(detected: DetectedDevice): boolean {
  return !detected.seen.unreadable || detected.isSerial === true || detected.mode === "firmware";
}

/** The port path of a detected device, `1-1.3`. */
export function portOf(detected: DetectedDevice): string {
  return detected.seen.usb.portPath;
}
