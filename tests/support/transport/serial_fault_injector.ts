import type { SerialLine } from "../../../core/transport/serial/line.ts";
import type { Direction, LineInterposer } from "../../../core/transport/serial/model.ts";

/** What can go wrong with one piece of data on a line. */
export type LineFault =
  | { readonly kind: "drop" }
  | { readonly kind: "duplicate" }
  /** One bit is changed, counted from the start modulo the length. */
  | { readonly kind: "flip"; readonly bit: number }
  /** It arrives without its last bytes, or with zeros behind it. */
  | { readonly kind: "resize"; readonly by: number }
  /** It arrives, but late. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The device never receives it (or its own reply is lost); the host receives these bytes. */
  | { readonly kind: "answer"; readonly bytes: Uint8Array }
  /** From now on the device sends nothing. */
  | { readonly kind: "silence" }
  /** From now on text arrives without a pause, between the replies. */
  | { readonly kind: "flood"; readonly everyMs: number }
  /** Anything else, for example unplugging the adapter. */
  | { readonly kind: "call"; readonly run: () => void };

/** A fault, and the piece of data that it affects. */
export interface PlannedLineFault {
  /** Counted from 1, both directions together. */
  readonly at: number;
  readonly fault: LineFault;
}

const FLOOD = new TextEncoder().encode("[app] frame 320x240, 24 fps\r\n");

/**
 * Makes planned faults happen on a line; a run without faults shows how many pieces of data there
 * are.
 */
export class LineFaultInjector implements LineInterposer {
  #pieces = 0;
  #isSilent = false;
  readonly #stop = new AbortController();
  readonly #planned: ReadonlyMap<number, readonly PlannedLineFault[]>;
  /** The faults that happened. */
  fired = 0;

  constructor(
    private readonly line: SerialLine,
    planned: readonly PlannedLineFault[] = [],
    private readonly seen?: (direction: Direction, bytes: Uint8Array, number: number) => void,
  ) {
    this.#planned = Map.groupBy(planned, ({ at }) => at);
  }

  get pieces(): number {
    return this.#pieces;
  }

  /** Ends a flood and a silence. */
  stop(): void {
    this.#isSilent = false;
    this.#stop.abort();
  }

  bytes(direction: Direction, bytes: Uint8Array, pass: (bytes: Uint8Array) => void): void {
    const number = ++this.#pieces;
    this.seen?.(direction, bytes, number);
    const planned = this.#planned.get(number);
    let hand = (piece: Uint8Array) => {
      if (direction === "to-device" || !this.#isSilent) pass(piece);
    };
    for (const { fault } of planned ?? []) {
      const next = hand;
      hand = (piece) => this.#apply(fault, piece, next);
    }
    hand(bytes);
  }

  #apply(fault: LineFault, bytes: Uint8Array, pass: (bytes: Uint8Array) => void): void {
    this.fired++;
    switch (fault.kind) {
      case "drop":
        return;
      case "duplicate":
        pass(bytes);
        return pass(bytes);
      case "flip": {
        const copy = bytes.slice();
        copy[(fault.bit >> 3) % copy.length] ^= 1 << (fault.bit & 7);
        return pass(copy);
      }
      case "resize": {
        const copy = new Uint8Array(Math.max(0, bytes.length + fault.by));
        copy.set(bytes.subarray(0, copy.length));
        return pass(copy);
      }
      case "delay":
        this.line.clock.sleep(fault.ms, this.#stop.signal).then(() => pass(bytes), () => {});
        return;
      case "answer":
        return this.line.inject(fault.bytes);
      case "silence":
        this.#isSilent = true;
        return pass(bytes);
      case "flood":
        this.#flood(fault.everyMs).catch(() => {}); // ends with stop()
        return pass(bytes);
      case "call":
        fault.run();
        return pass(bytes);
    }
  }

  async #flood(everyMs: number): Promise<void> {
    while (true) {
      this.line.inject(FLOOD);
      await this.line.clock.sleep(everyMs, this.#stop.signal);
    }
  }
}
