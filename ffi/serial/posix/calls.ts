import { boundedFunctions } from "../../native/bounded.ts";
import type { PortLimit } from "../system.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";

/** Numbers that Linux and macOS do not share. */
export interface PosixNumbers {
  readonly O_NOCTTY: number;
  readonly O_NONBLOCK: number;
  readonly O_CLOEXEC: number;
  readonly TCIFLUSH: number;
  readonly TCOFLUSH: number;
  readonly TCIOFLUSH: number;
  readonly TIOCEXCL: number;
  /** Sets, and clears, the bits of a 32-bit word: TIOCM_DTR 2, TIOCM_RTS 4. */
  readonly TIOCMBIS: number;
  readonly TIOCMBIC: number;
  /** Bytes not yet sent, a 32-bit word. */
  readonly TIOCOUTQ: number;
  readonly EAGAIN: number;
}

/** System calls on serial ports, the same for Linux and macOS, each on a thread of its own. */
export interface PosixCalls {
  readonly numbers: PosixNumbers;
  /** errno of the last call on this thread. */
  errno(): number;
  open(path: string, flags: number): Promise<number>;
  close(fd: number): Promise<unknown>;
  /** Returns the bytes read; -1 with errno, EAGAIN if nothing can be read now. */
  read(fd: number, buffer: Uint8Array<ArrayBuffer>): Promise<number>;
  write(fd: number, bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  ioctl(fd: number, request: number, argument: Uint8Array<ArrayBuffer> | null): Promise<number>;
  flock(fd: number, operation: number): Promise<number>;
  tcflush(fd: number, queue: number): Promise<number>;
  tcgetattr(fd: number, termios: Uint8Array<ArrayBuffer>): Promise<number>;
  tcsetattr(fd: number, when: number, termios: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Waits until the port can be read or written, the time is over, or the signal aborts. */
  wait(fd: number, what: "read" | "write", options: TransferOptions): Promise<void>;
}

/** How long a call may take, ms; the kernel allows 5 s for a request to a USB adapter. */
const CALL_MS = 6_000;
/** How much later than its own deadline a wait may return, ms. */
const WAIT_SLACK_MS = 1_000;

/**
 * Returns the same calls, each with a deadline. They throw UnbrickError `timeout` that names the
 * call.
 */
export function boundedCalls(calls: PosixCalls, limit: PortLimit): PosixCalls {
  const wait = (_fd: number, _what: string, { timeoutMs }: TransferOptions) =>
    timeoutMs + WAIT_SLACK_MS;
  return boundedFunctions(calls, { ...limit, ms: CALL_MS, own: { wait } });
}

/**
 * Makes a call on another thread; repeats a failed one on this thread, where its errno can be read.
 * The second call may succeed.
 */
export async function withErrno<T extends number | bigint>(
  apart: () => Promise<T>,
  here: () => T,
): Promise<T> {
  const result = await apart();
  return result >= 0 ? result : here();
}
