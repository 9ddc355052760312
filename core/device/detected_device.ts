import type { UnbrickError } from "../common/errors.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import type { Words } from "../common/text.ts";

/** A device on the bus, with the strings that could be read from it. The input of `recognise`. */
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
 * The mode in which a board appears. `rom` is the chip's own bootloader, `flashloader` a loader in
 * RAM, `bootloader` the camera's resident bootloader.
 */
export type Mode = "firmware" | "bootloader" | "rom" | "flashloader";

/** A device that a family recognised. */
export interface DetectedDevice {
  readonly familyId: string;
  readonly mode: Mode;
  readonly seen: SeenDevice;
  /** IDs of the boards that it may be, as far as its descriptors show; at least one. */
  readonly boardIds: readonly string[];
  /** A name for technicians: "STM32H7 system bootloader (ST ROM)". */
  readonly title: Words;
  /**
   * True if other products use the same USB IDs: only its answers show whether it is a camera
   * (`identify`).
   */
  readonly isCandidate?: boolean;
  /** True if it is used through its serial port, so that the USB device need not be opened. */
  readonly isSerial?: boolean;
}

/** Returns true if the device can be used now. Running firmware only needs to be visible. */
export function isUsable(detected: DetectedDevice): boolean {
  return !detected.seen.unreadable || detected.isSerial === true || detected.mode === "firmware";
}

/** Returns the port path of a detected device, `1-1.3`. */
export function portOf(detected: DetectedDevice): string {
  return detected.seen.usb.portPath;
}
