import { type ErrorData, type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import type { System } from "../native/mod.ts";
import { text, type Words } from "../../core/common/text.ts";

/** Values of enum libusb_error that the code uses. */
export const ERROR = {
  IO: -1,
  NO_DEVICE: -4,
  TIMEOUT: -7,
  OVERFLOW: -8,
  PIPE: -9,
  INTERRUPTED: -10,
} as const;

/** The operation that failed with a code of libusb. */
export type Operation =
  | "start"
  | "list"
  | "open"
  | "claim"
  | "release"
  | "set alternate"
  | "transfer"
  | "reset";

interface Meaning {
  readonly code: number;
  readonly name: string;
  /** Only for these operations; undefined: all. */
  readonly on?: readonly Operation[];
  /** Only on these systems; undefined: all. */
  readonly os?: readonly System[];
  readonly kind: ErrorKind;
  /** `subject`: the device, in words. */
  readonly say: (subject: Words) => Words;
}

/**
 * The meaning of each code on each system; the first matching row counts. Sources: libusb 1.0.30
 * (io.c, sync.c and the os folder), dfu-dfuse.md D6 and D7.
 */
const meanings: readonly Meaning[] = [
  {
    code: -1,
    name: "LIBUSB_ERROR_IO",
    on: ["start", "list"],
    kind: "driver",
    say: () => text`The operating system does not let unbrick see its USB devices.`,
  },
  {
    code: -1,
    name: "LIBUSB_ERROR_IO",
    on: ["transfer"],
    kind: "protocol",
    say: (subject) =>
      text`A transfer with ${subject} failed on the wire. A bad cable or a crashed device causes
        this.`,
  },
  {
    code: -1,
    name: "LIBUSB_ERROR_IO",
    kind: "driver",
    say: (subject) => text`The operating system failed to handle ${subject}.`,
  },
  {
    // Linux returns this for a missing interface when a driver would have to be detached.
    code: -2,
    name: "LIBUSB_ERROR_INVALID_PARAM",
    on: ["claim"],
    kind: "protocol",
    say: (subject) => text`The needed interface does not exist in ${subject}.`,
  },
  {
    code: -2,
    name: "LIBUSB_ERROR_INVALID_PARAM",
    kind: "bug",
    say: (subject) => text`unbrick asked ${subject} for something impossible.`,
  },
  {
    code: -3,
    name: "LIBUSB_ERROR_ACCESS",
    os: ["linux"],
    kind: "permission",
    say: (subject) => text`This user is not allowed to open ${subject}.`,
  },
  {
    // WinUSB and macOS give a device to one program at a time and report "access denied" to others.
    code: -3,
    name: "LIBUSB_ERROR_ACCESS",
    kind: "busy",
    say: (subject) => text`Another program is using ${subject}.`,
  },
  {
    code: -4,
    name: "LIBUSB_ERROR_NO_DEVICE",
    kind: "disconnected",
    say: (subject) => text`The connection to ${subject} is lost: it disconnected.`,
  },
  {
    code: -5,
    name: "LIBUSB_ERROR_NOT_FOUND",
    on: ["reset"],
    kind: "disconnected",
    say: (subject) => text`After a reset, ${subject} did not come back as the same device.`,
  },
  {
    code: -5,
    name: "LIBUSB_ERROR_NOT_FOUND",
    os: ["windows"],
    kind: "driver",
    say: (subject) => text`Windows has no WinUSB driver for ${subject}.`,
  },
  {
    code: -5,
    name: "LIBUSB_ERROR_NOT_FOUND",
    on: ["claim", "release", "set alternate"],
    kind: "protocol",
    say: (subject) => text`The needed interface does not exist in ${subject}.`,
  },
  {
    code: -5,
    name: "LIBUSB_ERROR_NOT_FOUND",
    kind: "disconnected",
    say: (subject) => text`The connection to ${subject} is lost: it disconnected.`,
  },
  {
    code: -6,
    name: "LIBUSB_ERROR_BUSY",
    kind: "busy",
    say: (subject) => text`Another program or a system driver is using ${subject}.`,
  },
  {
    code: -7,
    name: "LIBUSB_ERROR_TIMEOUT",
    kind: "timeout",
    say: (subject) => text`No answer in time from ${subject}.`,
  },
  {
    code: -8,
    name: "LIBUSB_ERROR_OVERFLOW",
    kind: "protocol",
    say: (subject) => text`More data than requested came from ${subject}.`,
  },
  {
    code: -9,
    name: "LIBUSB_ERROR_PIPE",
    kind: "stalled",
    say: (subject) => text`A request was refused (STALL) by ${subject}.`,
  },
  {
    code: -10,
    name: "LIBUSB_ERROR_INTERRUPTED",
    kind: "driver",
    say: (subject) => text`The operating system interrupted a call for ${subject}.`,
  },
  {
    code: -11,
    name: "LIBUSB_ERROR_NO_MEM",
    kind: "driver",
    say: (subject) => text`The operating system has no memory left for ${subject}.`,
  },
  {
    code: -12,
    name: "LIBUSB_ERROR_NOT_SUPPORTED",
    on: ["start", "list"],
    kind: "driver",
    say: () => text`The operating system is too old for the USB library.`,
  },
  {
    code: -12,
    name: "LIBUSB_ERROR_NOT_SUPPORTED",
    os: ["windows"],
    kind: "driver",
    say: (subject) => text`Windows has no WinUSB driver for ${subject}.`,
  },
  {
    code: -12,
    name: "LIBUSB_ERROR_NOT_SUPPORTED",
    kind: "driver",
    say: (subject) => text`The operating system cannot do what is needed with ${subject}.`,
  },
];

/** Returns the error for a code of libusb about `subject` (the device, in words). */
export function libusbError(
  code: number,
  about: { operation: Operation; subject: Words; system: System; data?: ErrorData },
): UnbrickError {
  const { operation, subject, system } = about;
  const meaning = meanings.find((row) =>
    row.code === code && (row.on?.includes(operation) ?? true) && (row.os?.includes(system) ?? true)
  );
  const data = { ...about.data, operation, code, libusb: meaning?.name ?? "LIBUSB_ERROR_OTHER" };
  if (!meaning) {
    return new UnbrickError(
      "driver",
      text`The operating system failed to handle ${subject}.`,
      data,
    );
  }
  return new UnbrickError(meaning.kind, meaning.say(subject), data);
}

/** Values of enum libusb_transfer_status. */
export const STATUS = { COMPLETED: 0, CANCELLED: 3 } as const;

/** Returns the libusb_error for a transfer status, as in sync.c. */
export function codeOfStatus(status: number): number {
  const codes: Record<number, number> = {
    1: ERROR.IO,
    2: ERROR.TIMEOUT,
    3: ERROR.IO,
    4: ERROR.PIPE,
    5: ERROR.NO_DEVICE,
    6: ERROR.OVERFLOW,
  };
  return codes[status] ?? -99;
}
