import { text, type Words } from "./text.ts";

/**
 * The closed list of error kinds. A kind has one exit code, stable and listed in docs/reference.md.
 * What to do about a kind is not said here but in advice.ts (kind × operating system → next action).
 */
export const exitCodes = {
  /** A defect of unbrick itself. */
  "bug": 1,
  /** The command line cannot be understood. */
  "usage": 2,
  /** No such device, file or image. (A name that is no board is `usage`.) */
  "not-found": 3,
  /** The operating system does not let this user open the device. */
  "permission": 4,
  /** The operating system has no driver, or the wrong one, bound to the device. */
  "driver": 5,
  /** Another program holds the device. */
  "busy": 6,
  /** The device left the bus in the middle of the work. */
  "disconnected": 7,
  /** A deadline passed. */
  "timeout": 8,
  /** The device refused a transfer (endpoint STALL). */
  "stalled": 9,
  /** The device answered something the protocol does not allow. */
  "protocol": 10,
  /** The device reported a named error of its own. */
  "device-status": 11,
  /** The device, or the image, belongs to another board; or the board does not offer this job. */
  "wrong-board": 12,
  /** A file is damaged, or cannot be what it is given for. */
  "bad-image": 13,
  /** The chip is protected against reading or writing. */
  "protected": 14,
  /** What was read back is not what was written. */
  "verify-failed": 15,
  /** An answer or a consent was needed that nobody could give. */
  "consent-needed": 16,
  /** The running camera finds no image sensor. */
  "sensor-missing": 17,
  /** All pictures of the running camera are black, or white. */
  "picture-dark": 18,
  /** All pictures of the running camera are the same. */
  "picture-unchanged": 19,
  /** Firmware is running and does not react. */
  "firmware-silent": 20,
  /** Stopped by the user. 130 = 128 + SIGINT, as shells report it. */
  "cancelled": 130,
} as const;

/** The name of a kind, as `--json` and reports tell it. */
export type ErrorKind = keyof typeof exitCodes;

/** JSON-serialisable facts that belong to an error: addresses, names, codes, offsets. */
export type ErrorData = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The only error that leaves a function of this project on purpose. The message is one sentence a
 * technician understands and names the cause; it does not tell what to do next (see advice.ts).
 */
export class UnbrickError extends Error {
  override readonly name = "UnbrickError";

  constructor(
    readonly kind: ErrorKind,
    /** The message for people; `message` is the same in English. */
    readonly text: Words,
    readonly data: ErrorData = {},
    options?: { cause?: unknown },
  ) {
    super(String(text), options);
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }

  /**
   * True also for an error that another copy of this class made, which a plugin may bring along: it is
   * known by its shape, so that it keeps its kind.
   */
  static override [Symbol.hasInstance](error: unknown): boolean {
    if (!(error instanceof Error) || error.name !== "UnbrickError") return false;
    const { kind, text, data, exitCode } = error as Partial<UnbrickError>;
    return kind !== undefined && Object.hasOwn(exitCodes, kind) && exitCode === exitCodes[kind] &&
      text != null && typeof data === "object" && data !== null;
  }
}

/** The error as an UnbrickError: itself, `cancelled` for an abort, or `bug` around anything else. */
export function asUnbrickError(error: unknown): UnbrickError {
  if (error instanceof UnbrickError) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    return new UnbrickError("cancelled", text`Stopped by the user.`, {}, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new UnbrickError("bug", `unbrick itself failed: ${message}`, {}, { cause: error });
}

/** True if the error is an UnbrickError of one of the kinds. */
export function isKind(error: unknown, ...kinds: ErrorKind[]): error is UnbrickError {
  return error instanceof UnbrickError && kinds.includes(error.kind);
}
