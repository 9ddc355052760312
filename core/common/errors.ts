import { text, type Words } from "./text.ts";

/**
 * The closed list of error kinds. A kind has one exit code, stable and listed in docs/reference.md.
 * advice.ts says what to do about each kind (kind × operating system → next action).
 */
export const exitCodes = {
  /** A bug in unbrick itself. */
  "bug": 1,
  /** The command line cannot be understood. */
  "usage": 2,
  /** No such device, file or image. (An unknown board name is `usage`.) */
  "not-found": 3,
  /** The operating system does not allow this user to open the device. */
  "permission": 4,
  /** The operating system has no driver, or the wrong one, bound to the device. */
  "driver": 5,
  /** Another program holds the device. */
  "busy": 6,
  /** The device disconnected during the work. */
  "disconnected": 7,
  /** A deadline passed. */
  "timeout": 8,
  /** The device refused a transfer (endpoint STALL). */
  "stalled": 9,
  /** The device sent an answer that the protocol does not allow. */
  "protocol": 10,
  /** The device reported an error by name. */
  "device-status": 11,
  /** The device or the image belongs to another board, or the board does not support this job. */
  "wrong-board": 12,
  /** A file is damaged or unsuitable for its purpose. */
  "bad-image": 13,
  /** The chip is protected against reading or writing. */
  "protected": 14,
  /** What was read back is not what was written. */
  "verify-failed": 15,
  /** An answer or a consent was needed, and nobody could give it. */
  "consent-needed": 16,
  /** The running camera finds no image sensor. */
  "sensor-missing": 17,
  /** All pictures of the running camera are black, or white. */
  "picture-dark": 18,
  /** All pictures of the running camera are the same. */
  "picture-unchanged": 19,
  /** Firmware is running and does not react. */
  "firmware-silent": 20,
  /** Everything is written and read back, but the camera has not been seen with its firmware. */
  "not-started": 21,
  /** The picture of the running camera did not arrive as the camera took it. */
  "picture-damaged": 22,
  /** Stopped by the user. 130 = 128 + SIGINT, as shells report it. */
  "cancelled": 130,
} as const;

/** The name of a kind, as in `--json` and reports. */
export type ErrorKind = keyof typeof exitCodes;

/** JSON-serialisable facts about an error: addresses, names, codes, offsets. */
export type ErrorData = Readonly<
  Record<string, string | number | boolean | null | readonly string[]>
>;

/** An error as every JSON line, event and record contains it. */
export interface Failure {
  readonly kind: ErrorKind;
  readonly message: Words;
  readonly data: ErrorData;
  /** The exit code of the kind. @asType integer */
  readonly exitCode: number;
  /** The step that failed, if one was running. */
  readonly step?: string;
  /** What to do next, one action each, where the reader can act on it. */
  readonly advice?: readonly Words[];
}

/** Returns the error as JSON contains it. */
export function failureOf({ kind, text, data, exitCode }: UnbrickError): Failure {
  return { kind, message: text, data, exitCode };
}

/**
 * The only error that functions of this project throw on purpose. The message is one sentence for a
 * technician and names the cause; what to do next is in advice.ts.
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
   * Also true for an error from another copy of this class, such as a plugin's own: its shape is
   * enough, so that it keeps its kind.
   */
  static override [Symbol.hasInstance](error: unknown): boolean {
    if (!(error instanceof Error) || error.name !== "UnbrickError") return false;
    const { kind, text, data, exitCode } = error as Partial<UnbrickError>;
    return kind !== undefined && Object.hasOwn(exitCodes, kind) && exitCode === exitCodes[kind] &&
      text != null && typeof data === "object" && data !== null;
  }
}

/**
 * Returns the error as an UnbrickError: itself, `cancelled` for an abort, or `bug` around anything
 * else.
 */
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
