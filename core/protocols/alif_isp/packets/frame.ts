import { Command } from "./command.ts";

/**
 * Frames of the ISP protocol (alif-isp.md B.1, B.2): LEN (whole frame, 3 to 255), CMD, payload, CK; the
 * sum of all bytes is 0 modulo 256.
 */
export interface Frame {
  readonly command: number;
  readonly payload: Uint8Array;
}

/** Bytes of LEN, CMD and CK. */
export const FRAME_OVERHEAD = 3;
export const MAX_FRAME = 255;

const NONE = new Uint8Array();

/** @param payload at most 252 bytes. */
export function encodeFrame(command: number, payload: Uint8Array = NONE): Uint8Array {
  const length = payload.length + FRAME_OVERHEAD;
  if (length > MAX_FRAME) throw new RangeError(`a frame of ${length} bytes`);
  const bytes = new Uint8Array(length);
  bytes[0] = length;
  bytes[1] = command;
  bytes.set(payload, 2);
  bytes[length - 1] = -sum(bytes) & 0xFF;
  return bytes;
}

function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at++) total += bytes[at];
  return total;
}

/**
 * Commands that a device sends, with their greatest length (alif-isp.md B.2): everything else is
 * text.
 */
const fromDevice: ReadonlyMap<number, number> = new Map([
  [Command.PRINT_DATA, MAX_FRAME],
  [Command.DATA_RESPONSE, MAX_FRAME],
  [Command.ACK, 32],
  [Command.NAK, 64],
]);

/**
 * Finds frames in a stream that may contain boot text, noise and partial frames. Everything else is
 * skipped; a frame is accepted only with a correct checksum.
 */
export class FrameScanner {
  #bytes: Uint8Array = NONE;
  /** The last bytes outside frames, for messages. */
  #text = "";
  /** Candidates whose checksum was wrong. */
  damaged = 0;

  /** @param longest by command; other commands do not start a frame. */
  constructor(private readonly longest: ReadonlyMap<number, number> = fromDevice) {}

  push(bytes: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.#bytes = bytes;
      return;
    }
    const joined = new Uint8Array(this.#bytes.length + bytes.length);
    joined.set(this.#bytes);
    joined.set(bytes, this.#bytes.length);
    this.#bytes = joined;
  }

  /** Returns the next frame; undefined if more bytes are needed. */
  next(): Frame | undefined {
    for (let at = 0; at < this.#bytes.length; at++) {
      const length = this.#bytes[at];
      if (length < FRAME_OVERHEAD) continue;
      // A single byte may be a LEN whose CMD has not arrived yet.
      if (at + 1 === this.#bytes.length) return this.#keepFrom(at);
      if (length > (this.longest.get(this.#bytes[at + 1]) ?? 0)) continue;
      if (at + length > this.#bytes.length) return this.#keepFrom(at);
      const bytes = this.#bytes.subarray(at, at + length);
      if (sum(bytes) % 256 !== 0) {
        this.damaged++;
        continue;
      }
      this.#keepFrom(at + length, at);
      return { command: bytes[1], payload: bytes.slice(2, -1) };
    }
    return this.#keepFrom(this.#bytes.length);
  }

  /** Drops a partial frame, after silence on the line. */
  giveUpPartial(): void {
    if (this.#bytes.length > 0) this.#keepFrom(1);
  }

  get hasPartial(): boolean {
    return this.#bytes.length > 0;
  }

  clear(): void {
    this.#bytes = NONE;
  }

  /** The last text outside frames, printable characters only. */
  get text(): string {
    return this.#text;
  }

  #keepFrom(from: number, textEnd = from): undefined {
    const skipped = this.#bytes.subarray(0, textEnd);
    if (skipped.length > 0) {
      const added = String.fromCharCode(...skipped).replaceAll(/[^\x20-\x7E]+/g, " ");
      this.#text = (this.#text + added).slice(-TEXT_KEPT);
    }
    this.#bytes = from < this.#bytes.length ? this.#bytes.subarray(from) : NONE;
    return undefined;
  }
}

const TEXT_KEPT = 400;
