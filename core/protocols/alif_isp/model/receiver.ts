import type { Clock } from "../../../common/clock.ts";
import { FRAME_OVERHEAD } from "../packets/frame.ts";

/** Pause inside a frame after which the enclave discards it, milliseconds (inferred). */
const FORGET_MS = 100;

/** A complete frame, or one whose checksum is wrong. */
export interface Received {
  readonly command: number;
  readonly payload: Uint8Array;
  readonly isDamaged: boolean;
}

/** The enclave's side of the line: LEN, then that many bytes. It does not resynchronise. */
export class FrameReceiver {
  #bytes: number[] = [];
  #lastAt = 0;

  constructor(private readonly clock: Clock, private readonly forgetMs: number = FORGET_MS) {}

  push(bytes: Uint8Array): Received[] {
    const now = this.clock.now();
    if (now - this.#lastAt > this.forgetMs) this.#bytes = [];
    this.#lastAt = now;
    const frames: Received[] = [];
    for (const byte of bytes) {
      if (this.#bytes.length === 0 && byte < FRAME_OVERHEAD) continue;
      this.#bytes.push(byte);
      if (this.#bytes.length < this.#bytes[0]) continue;
      const frame = this.#bytes;
      this.#bytes = [];
      frames.push({
        command: frame[1],
        payload: new Uint8Array(frame.slice(2, -1)),
        isDamaged: frame.reduce((sum, one) => sum + one, 0) % 256 !== 0,
      });
    }
    return frames;
  }

  clear(): void {
    this.#bytes = [];
  }
}
