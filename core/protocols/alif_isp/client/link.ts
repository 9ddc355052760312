import { type Clock, throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { SerialPort } from "../../../transport/serial/port.ts";
import { textOf } from "../packets/bytes.ts";
import { Command } from "../packets/command.ts";
import { isNak, nakError } from "./nak_error.ts";
import { Nak } from "../packets/error_code.ts";
import { encodeFrame, type Frame, FrameScanner } from "../packets/frame.ts";
import { ExtendedNak } from "../packets/replies.ts";
import { text, type Words } from "../../../common/text.ts";
import { byteCount } from "../../../common/format.ts";

/** A reply begins within this time, or not at all (alif-isp.md A.2). */
const REPLY_MS = 500;
/** After a pause this long, a partial frame is not a frame. FTDI adapters hold bytes for 16 ms. */
const GAP_MS = 60;
/** Deadline for sending a frame, which takes at most 45 ms at 55 000 baud. */
const WRITE_MS = 2_000;
/** Attempts for commands that may be repeated. */
const ATTEMPTS = 3;
/** Longest wait for silence on the line; a device may send forever. */
const SETTLE_MS = 400;

export interface LinkOptions {
  readonly port: SerialPort;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Receives text that the enclave prints between frames. */
  onPrint?(text: string): void;
}

export interface Request {
  /** Completes the message "did not answer the request to …": "report its revision". */
  readonly what: Words;
  readonly payload?: Uint8Array;
  /** Default 500 ms. */
  readonly timeoutMs?: number;
  /** The expected reply; another frame is a late answer to an earlier request and is skipped. */
  readonly reply?: number;
  /** Returns false for a reply of another shape, which is a late answer to an earlier request. */
  accept?(payload: Uint8Array): boolean;
  /** Use input in order: do not discard earlier input. */
  readonly keepInput?: boolean;
}

/**
 * Half-duplex exchange of frames. A wait ends at its deadline even if the line never falls silent;
 * a reply counts only with a correct checksum; text and PRINT_DATA in between are skipped.
 */
export class IspLink {
  readonly #scanner = new FrameScanner();

  constructor(private readonly options: LinkOptions) {}

  get port(): SerialPort {
    return this.options.port;
  }

  get clock(): Clock {
    return this.options.clock;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  /** Printable characters that were received outside frames. */
  get heard(): string {
    return this.#scanner.text.trim();
  }

  /**
   * Sends a command once and waits for its reply.
   * @throws UnbrickError `device-status` for a NAK, `timeout`, `disconnected`, `cancelled`.
   */
  async exchange(command: number, request: Request): Promise<Frame> {
    if (!request.keepInput) await this.discard();
    await this.send(command, request.payload);
    return await this.receive(request);
  }

  /**
   * Like `exchange`, but repeats the command if no valid reply arrives: only for repeatable
   * commands.
   */
  async ask(command: number, request: Request): Promise<Frame> {
    for (let attempt = 1;; attempt++) {
      try {
        const frame = await this.exchange(command, request);
        // A late first answer would be mistaken for the next command's.
        if (attempt > 1) await this.settle();
        return frame;
      } catch (error) {
        const isLost = isKind(error, "timeout", "protocol") || isNak(error, Nak.CHECKSUM_ERROR);
        if (!isLost || attempt === ATTEMPTS) throw error;
        await this.settle();
      }
    }
  }

  async send(command: number, payload?: Uint8Array): Promise<void> {
    throwIfAborted(this.signal);
    const options = { timeoutMs: WRITE_MS, signal: this.signal };
    await this.port.write(encodeFrame(command, payload), options);
  }

  /**
   * Returns the next reply. @throws as `exchange`; `protocol` if only replies of another shape
   * arrived.
   */
  async receive({ what, timeoutMs = REPLY_MS, reply, accept }: Request): Promise<Frame> {
    const until = this.clock.now() + timeoutMs;
    const damagedBefore = this.#scanner.damaged;
    let misshapen: Frame | undefined;
    while (true) {
      const frame = await this.#next(until);
      if (!frame) break;
      if (frame.command === Command.NAK) throw nakOf(frame, what);
      if (reply !== undefined && frame.command !== reply) continue;
      if (accept?.(frame.payload) ?? true) return frame;
      misshapen = frame;
    }
    if (misshapen) {
      throw new UnbrickError(
        "protocol",
        text`The device answered the request to ${what} with
          ${byteCount(misshapen.payload.length)} that are not a valid answer.`,
        { what: String(what), bytes: misshapen.payload.length },
      );
    }
    const isDamaged = this.#scanner.damaged > damagedBefore;
    throw new UnbrickError(
      "timeout",
      isDamaged
        ? text`The Secure Enclave gave only damaged answers to the request to ${what} within
          ${timeoutMs} ms.`
        : text`The Secure Enclave gave no answer to the request to ${what} within ${timeoutMs} ms.`,
      {
        what: String(what),
        milliseconds: timeoutMs,
        heard: this.heard || null,
        damaged: isDamaged,
      },
    );
  }

  /** Discards unexpected input. */
  async discard(): Promise<void> {
    await this.port.discardInput();
    this.#scanner.clear();
  }

  /** Waits until the line is silent, at most 0.4 s. @returns the frames that still arrived. */
  async settle(quietMs = GAP_MS): Promise<readonly Frame[]> {
    const until = this.clock.now() + SETTLE_MS;
    const frames: Frame[] = [];
    while (this.clock.now() < until) {
      const quietUntil = Math.min(until, this.clock.now() + quietMs);
      const frame = await this.#next(quietUntil);
      if (frame) frames.push(frame);
      else if (this.#lastByteAt + quietMs <= this.clock.now()) break;
    }
    await this.discard();
    return frames;
  }

  #lastByteAt = -Infinity;

  /** Returns the next frame that is not text; undefined at `until`. */
  async #next(until: number): Promise<Frame | undefined> {
    while (true) {
      for (let frame = this.#scanner.next(); frame; frame = this.#scanner.next()) {
        if (frame.command !== Command.PRINT_DATA) return frame;
        this.options.onPrint?.(textOf(frame.payload));
      }
      const left = until - this.clock.now();
      if (left <= 0) return undefined;
      const timeoutMs = this.#scanner.hasPartial ? Math.min(left, GAP_MS) : left;
      try {
        this.#scanner.push(await this.port.read(4096, { timeoutMs, signal: this.signal }));
        this.#lastByteAt = this.clock.now();
      } catch (error) {
        if (!isKind(error, "timeout")) throw error;
        this.#scanner.giveUpPartial();
      }
    }
  }
}

function nakOf({ payload }: Frame, what: Words): UnbrickError {
  return nakError(payload[0] ?? 0xFF, what, ExtendedNak.tryDecode(payload)?.extended);
}
