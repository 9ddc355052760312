import { systemClock, throwIfAborted } from "../../../core/common/clock.ts";
import type { SerialSettings } from "../../../core/transport/serial/port.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";
import { bounded } from "../../native/bounded.ts";
import type { SystemPort } from "../system.ts";
import type { PosixCalls } from "./calls.ts";
import { EINTR, portHeld, portLeft, posixError } from "./codes.ts";

/** Flag of open(2). */
const O_RDWR = 2;
/** flock: exclusive, without waiting. */
const LOCK_EX_NB = 2 | 4;
const DTR = 2, RTS = 4;
/**
 * Pause between two checks whether the last byte has been sent, milliseconds: about 100 bytes at
 * 921600 baud.
 */
const DRAIN_INTERVAL_MS = 1;

/** How long closing may take, ms. */
const CLOSE_MS = 1_000;

/** How a system sets up a line; each method throws UnbrickError. */
export interface LineSetup {
  /** Sets 8N1, raw, no flow control, DTR off at close; at once, even with unsent data. */
  configure(fd: number, path: string, baudRate: number): Promise<void>;
  /**
   * Sets any rate, after everything is sent. @throws `driver` for a rate that the adapter does not
   * support.
   */
  setBaudRate(fd: number, path: string, baudRate: number): Promise<void>;
  /** Makes an adapter deliver received bytes without delay, if it supports this. */
  hurry?(fd: number): Promise<void>;
}

/** Opens a port exclusively: against other programs (TIOCEXCL) and root (flock). */
export async function openPosixPort(
  calls: PosixCalls,
  makeLine: (calls: PosixCalls) => LineSetup,
  path: string,
  { baudRate, dtr = true, rts = true }: SerialSettings,
): Promise<SystemPort> {
  const line = makeLine(calls);
  const { O_NOCTTY, O_NONBLOCK, O_CLOEXEC, TIOCEXCL } = calls.numbers;
  const fd = await calls.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) throw posixError(calls.errno(), path);
  const port = new PosixPort(calls, line, fd, path);
  try {
    if (await calls.flock(fd, LOCK_EX_NB) < 0) throw portHeld(path);
    if (await calls.ioctl(fd, TIOCEXCL, null) < 0) throw posixError(calls.errno(), path);
    await line.configure(fd, path, baudRate);
    await line.hurry?.(fd);
    // Opening has set both; a pty has neither.
    if (!dtr || !rts) await port.setSignals({ dtr, rts });
    // Discards input from before the line was raw, and its unsent echo.
    if (await calls.tcflush(fd, calls.numbers.TCIOFLUSH) < 0) throw posixError(calls.errno(), path);
    return port;
  } catch (error) {
    await port.close();
    throw error;
  }
}

class PosixPort implements SystemPort {
  constructor(
    private readonly calls: PosixCalls,
    private readonly line: LineSetup,
    private readonly fd: number,
    private readonly path: string,
  ) {}

  async read(maxLength: number, options: TransferOptions): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(maxLength);
    const until = systemClock.now() + options.timeoutMs;
    for (;;) {
      await this.#wait("read", until, options.signal);
      const length = this.#moved(await this.calls.read(this.fd, buffer));
      // With VMIN 1, zero bytes mean the end: the device hung up.
      if (length === 0) throw portLeft(this.path);
      if (length !== undefined) return buffer.subarray(0, length);
      if (systemClock.now() >= until) return undefined;
    }
  }

  async write(bytes: Uint8Array, { timeoutMs, signal }: TransferOptions): Promise<boolean> {
    const until = systemClock.now() + timeoutMs;
    try {
      let rest = bytes.slice();
      while (rest.length > 0) {
        await this.#wait("write", until, signal);
        const length = this.#moved(await this.calls.write(this.fd, rest));
        if (length) rest = rest.subarray(length);
        else if (systemClock.now() >= until) return await this.#giveUp();
      }
      while (await this.#unsent() > 0) {
        if (systemClock.now() >= until) return await this.#giveUp();
        await systemClock.sleep(DRAIN_INTERVAL_MS, signal);
      }
      return true;
    } catch (error) {
      await this.#giveUp();
      throw error;
    }
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.line.setBaudRate(this.fd, this.path, baudRate);
  }

  async setSignals({ dtr, rts }: { dtr?: boolean; rts?: boolean }): Promise<void> {
    const { TIOCMBIS, TIOCMBIC } = this.calls.numbers;
    const bits = (level: boolean) => (dtr === level ? DTR : 0) | (rts === level ? RTS : 0);
    for (const [request, mask] of [[TIOCMBIS, bits(true)], [TIOCMBIC, bits(false)]]) {
      if (mask === 0) continue;
      const word = new Uint8Array(new Int32Array([mask]).buffer);
      if (await this.calls.ioctl(this.fd, request, word) < 0) throw this.#error();
    }
  }

  async discardInput(): Promise<void> {
    if (await this.calls.tcflush(this.fd, this.calls.numbers.TCIFLUSH) < 0) throw this.#error();
  }

  async close(): Promise<void> {
    // Otherwise the kernel would continue sending for up to 30 s.
    const closing = this.#flush(this.calls.numbers.TCIOFLUSH).then(() => this.calls.close(this.fd));
    // A call that does not return keeps the port until the process ends.
    await bounded(closing, { call: "close", ms: CLOSE_MS }).catch(() => {});
  }

  /** Returns the bytes read or written; undefined if this is not possible now. */
  #moved(result: number): number | undefined {
    if (result >= 0) return result;
    const errno = this.calls.errno();
    if (errno === this.calls.numbers.EAGAIN || errno === EINTR) return undefined;
    throw posixError(errno, this.path);
  }

  /** Waits until the port can be read or written, or the time is over. */
  async #wait(what: "read" | "write", until: number, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    const timeoutMs = Math.max(0, until - systemClock.now());
    await this.calls.wait(this.fd, what, { timeoutMs, signal });
    throwIfAborted(signal);
  }

  /** Returns the number of unsent bytes. */
  async #unsent(): Promise<number> {
    const word = new Int32Array(1);
    const request = this.calls.numbers.TIOCOUTQ;
    if (await this.calls.ioctl(this.fd, request, new Uint8Array(word.buffer)) < 0) {
      throw this.#error();
    }
    return word[0];
  }

  /** Discards unsent bytes, which must not be sent later. */
  async #giveUp(): Promise<false> {
    await this.#flush(this.calls.numbers.TCOFLUSH);
    return false;
  }

  /** Discards queued bytes, if the system permits it. */
  async #flush(queue: number): Promise<void> {
    await this.calls.tcflush(this.fd, queue).catch(() => {});
  }

  #error() {
    return posixError(this.calls.errno(), this.path);
  }
}
