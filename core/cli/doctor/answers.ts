import type { Place } from "../../common/addresses.ts";
import type { Holder } from "../../device/holders.ts";
import type { OperatingSystem } from "../../common/advice.ts";
import type { Failure } from "../../common/errors.ts";
import type { Mode } from "../../device/detected_device.ts";
import type { Words } from "../../common/text.ts";

/**
 * What the system answered to the doctor's questions. This is only data, from which the findings
 * are computed, so that tests can cover other systems.
 */
export interface Answers {
  readonly os: OperatingSystem;
  readonly version: string;
  /** The version of the libusb that loads, `1.0.30`. */
  readonly library: string | Failure;
  /** Number of devices on the bus, of any kind; omitted if the library does not load. */
  readonly bus?: number | Failure;
  readonly devices: readonly DeviceAnswer[];
  /** Undefined if unbrick does not support serial ports on this system. */
  readonly serialPorts?: readonly SerialAnswer[] | Failure;
  readonly images: ImagesAnswer | Failure;
  readonly folders: readonly FolderAnswer[];
  readonly terminal: TerminalAnswer;
  /** Linux: state of the udev rules of this version. */
  readonly udevRules?: "missing" | "different" | "installed";
  /** Running programs that are known to open cameras on their own. */
  readonly interferingPrograms: readonly Holder[] | Failure;
}

/** A device with a USB ID that a board family declares. */
export interface DeviceAnswer {
  readonly port: string;
  readonly usbId: string;
  /** What the device was recognised as. */
  readonly title?: Words;
  readonly mode?: Mode;
  readonly serial?: string;
  /** True if it has a HID interface. */
  readonly isHid: boolean;
  /** True if it is used through its serial port. */
  readonly isSerial?: boolean;
  /** Linux: the kernel drivers bound to its interfaces. Windows: its driver and who made it. */
  readonly drivers: readonly string[];
  /** Linux: programs that have it open, as far as this user may see. */
  readonly holders: readonly Holder[];
  /** Why unbrick could not open it. */
  readonly refused?: Failure;
}

/** A serial port, of a camera or of another device. */
export interface SerialAnswer {
  readonly path: string;
  /** Omitted for ports that do not belong to a camera. */
  readonly usbId?: string;
  /** Linux: true if this user may read and write it. */
  readonly mayUse?: boolean;
  readonly holders: readonly Holder[];
}

export interface ImagesAnswer {
  /** Source of the images: `the bundled images`. */
  readonly origin: Words;
  readonly boards: readonly BoardImagesAnswer[];
}

/** The images of one board. All images found have the expected size and SHA-256. */
export interface BoardImagesAnswer {
  readonly board: string;
  readonly images: readonly {
    readonly role: string;
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly simulationOnly: boolean;
  }[];
  /** Roles that a restore or a flash needs and that are missing. */
  readonly missing: readonly string[];
  /** Where to get those, and the ones that are for simulated cameras only. */
  readonly whereToGet: readonly Place[];
}

export interface FolderAnswer {
  readonly path: string;
  /** What the folder is used for, for people. */
  readonly use: Words;
  /** Free bytes; undefined if the system does not report them. */
  readonly free?: number;
}

export interface TerminalAnswer {
  readonly isTerminal: boolean;
  readonly canAsk: boolean;
  readonly columns: number;
  readonly colour: boolean;
  readonly unicode: boolean;
}

export function isRefusal(answer: unknown): answer is Failure {
  return typeof answer === "object" && answer !== null && "kind" in answer;
}
