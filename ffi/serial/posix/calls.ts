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

/**
 * System calls on serial ports, the same for Linux and macOS. Those that give a promise may wait for
 * the device, on a thread of their own.
 */
export interface PosixCalls {
  readonly numbers: PosixNumbers;
  /** errno of the last call on this thread. */
  errno(): number;
  open(path: string, flags: number): Promise<number>;
  close(fd: number): Promise<unknown>;
  /** Bytes moved; -1 with errno, EAGAIN if nothing can be moved now. */
  read(fd: number, buffer: Uint8Array<ArrayBuffer>): number;
  write(fd: number, bytes: Uint8Array<ArrayBuffer>): number;
  ioctl(fd: number, request: number, argument: Uint8Array<ArrayBuffer> | null): Promise<number>;
  ioctlNow(fd: number, request: number, argument: Uint8Array<ArrayBuffer> | null): number;
  flock(fd: number, operation: number): number;
  tcflush(fd: number, queue: number): number;
  /** Until the port may be read or written, the time is over, or the signal aborts. */
  wait(fd: number, what: "read" | "write", options: TransferOptions): Promise<void>;
}

/**
 * Makes a call on a thread of its own; a failure is repeated on this thread, where its errno can be
 * read. The second call may as well succeed.
 */
export async function withErrno(
  apart: () => Promise<number>,
  here: () => number,
): Promise<number> {
  const result = await apart();
  return result >= 0 ? result : here();
}
