import type { Holder } from "../../device/holders.ts";
import type { OperatingSystem } from "../../common/advice.ts";
import type { ErrorData, ErrorKind } from "../../common/errors.ts";
import type { Mode } from "../../device/detected_device.ts";
import type { Words } from "../../common/text.ts";

/**
 * What the system answered to the doctor's questions. Data only: the findings are a pure function of
 * it, so that the answers of systems that are not here can be tried.
 */
export interface Answers {
  readonly os: OperatingSystem;
  readonly version: string;
  /** The libusb that loads, `1.0.30`. */
  readonly library: string | Refusal;
  /** Devices on the bus, of any kind; none if it was not asked because the library does not load. */
  readonly bus?: number | Refusal;
  readonly devices: readonly DeviceAnswer[];
  /** Undefined: unbrick knows no serial ports on this system. */
  readonly serialPorts?: readonly SerialAnswer[] | Refusal;
  readonly images: ImagesAnswer | Refusal;
  readonly folders: readonly FolderAnswer[];
  readonly terminal: TerminalAnswer;
  /** Linux: whether the udev rules of this version are installed. */
  readonly udevRules?: "missing" | "different" | "installed";
  /** Programs that run and are known to open cameras by themselves. */
  readonly meddlers: readonly Holder[] | Refusal;
}

/** Why something was refused. */
export interface Refusal {
  readonly kind: ErrorKind;
  readonly message: Words;
  readonly data?: ErrorData;
}

/** A device that a board family wants to look at. */
export interface DeviceAnswer {
  readonly port: string;
  readonly usbId: string;
  /** What it was recognised as. */
  readonly title?: Words;
  readonly mode?: Mode;
  readonly serial?: string;
  /** It shows a HID interface. */
  readonly isHid: boolean;
  /** It is used through its serial port. */
  readonly isSerial?: boolean;
  /** Linux: the drivers of the kernel that hold its interfaces. */
  readonly drivers: readonly string[];
  /** Linux: programs that have it open, as far as this user may see. */
  readonly holders: readonly Holder[];
  /** Why unbrick could not open it. */
  readonly refused?: Refusal;
}

/** A serial port of a device that a board family wants to look at, or any other. */
export interface SerialAnswer {
  readonly path: string;
  /** Left out for ports that are no camera's. */
  readonly usbId?: string;
  /** Linux: whether this user may read and write it. */
  readonly mayUse?: boolean;
  readonly holders: readonly Holder[];
}

export interface ImagesAnswer {
  /** Where they come from: `the bundled images`. */
  readonly origin: Words;
  readonly boards: readonly BoardImagesAnswer[];
}

/** The images of one board: all that were found have the size and SHA-256 they should have. */
export interface BoardImagesAnswer {
  readonly board: string;
  readonly images: readonly {
    readonly role: string;
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly simulationOnly: boolean;
  }[];
  /** Roles that a restore or a flash needs and that are not there. */
  readonly missing: readonly string[];
}

export interface FolderAnswer {
  readonly path: string;
  /** What is written there, for people. */
  readonly use: Words;
  /** Bytes; undefined if the system does not tell. */
  readonly free?: number;
}

export interface TerminalAnswer {
  readonly isTerminal: boolean;
  readonly canAsk: boolean;
  readonly columns: number;
  readonly colour: boolean;
  readonly unicode: boolean;
}

export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === "object" && answer !== null && "kind" in answer;
}
