import type { Clock } from "../../common/clock.ts";
import type { Direction, LineInterposer, SerialHost, SerialModel } from "./model.ts";
import { Pacer } from "./pacer.ts";
import { sampled } from "./sampling.ts";

/** Bits of one byte on the line: start, eight data bits, stop (8N1). */
const BITS_PER_BYTE = 10;

/** Returns the time that `bytes` take on the line, milliseconds. */
export function lineMs(bytes: number, baudRate: number): number {
  return bytes * BITS_PER_BYTE * 1000 / baudRate;
}

export interface SerialLineOptions {
  readonly clock: Clock;
  /**
   * How long the adapter holds received bytes before the host gets them, milliseconds: the latency
   * timer of an FTDI chip, 16 by default and 1 at best (alif-isp.md G). Default 0.
   */
  readonly adapterLatencyMs?: number;
}

/**
 * A full-duplex 8N1 line between a host and a model. Bytes take as long as the sender's rate
 * requires; a receiver at another rate gets garbage. Bytes for a host that does not listen are
 * lost.
 */
export class SerialLine {
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #toDevice: Pacer;
  readonly #toHost: Pacer;
  readonly #interposers: LineInterposer[] = [];
  #queue: Promise<void> = Promise.resolve();
  #model: SerialModel | undefined;
  #host: SerialHost | undefined;
  /** Frames and bytes sent over the line, in both directions. */
  readonly counters = { pieces: 0, bytes: 0 };

  constructor({ clock, adapterLatencyMs = 0 }: SerialLineOptions) {
    this.#clock = clock;
    this.#latencyMs = adapterLatencyMs;
    this.#toDevice = new Pacer(clock);
    this.#toHost = new Pacer(clock);
  }

  /** Sets the device at the far end; undefined when its power is off. */
  connect(model: SerialModel | undefined): void {
    this.#model = model;
  }

  /** Sets the listener at the near end. */
  listen(host: SerialHost | undefined): void {
    this.#host = host;
  }

  /** Puts an interposer on the line, after earlier ones; returns a function that removes it. */
  interpose(interposer: LineInterposer): () => void {
    this.#interposers.push(interposer);
    return () => {
      const at = this.#interposers.indexOf(interposer);
      if (at >= 0) this.#interposers.splice(at, 1);
    };
  }

  /** Sends bytes from the host; resolves when the last bit has left. */
  async transmit(bytes: Uint8Array, baudRate: number, signal?: AbortSignal): Promise<void> {
    const sent = bytes.slice();
    await this.#toDevice.pass(lineMs(sent.length, baudRate), signal);
    this.#carry("to-device", sent, (bytes) => {
      const model = this.#model;
      if (model) deliver(model, bytes, baudRate);
    });
  }

  /** Sends bytes from the model, in order; the host has them when they have crossed the line. */
  send(bytes: Uint8Array): void {
    const rate = this.#model?.baudRate;
    if (rate === undefined) return;
    const sent = bytes.slice();
    this.#queue = this.#queue.then(async () => {
      await this.#toHost.pass(lineMs(sent.length, rate) + this.#latencyMs);
      this.#carry("to-host", sent, (bytes) => this.#toListener(bytes, rate));
    });
  }

  /** Sends bytes straight to the host, for an interposer that acts as the device. */
  inject(bytes: Uint8Array): void {
    if (this.#host) this.#toListener(bytes, this.#host.baudRate);
  }

  get clock(): Clock {
    return this.#clock;
  }

  #toListener(bytes: Uint8Array, rate: number): void {
    if (this.#host) deliver(this.#host, bytes, rate);
  }

  #carry(
    direction: Direction,
    bytes: Uint8Array,
    end: (bytes: Uint8Array) => void,
    from = 0,
  ): void {
    const interposer = this.#interposers[from];
    if (interposer) {
      interposer.bytes(direction, bytes, (passed) => this.#carry(direction, passed, end, from + 1));
      return;
    }
    this.counters.pieces++;
    this.counters.bytes += bytes.length;
    end(bytes);
  }
}

function deliver(to: SerialModel | SerialHost, bytes: Uint8Array, rate: number): void {
  const received = sampled(bytes, rate, to.baudRate);
  if (received.length > 0) to.receive(received);
}
