import type { Clock } from "../../../core/common/clock.ts";
import { type ErrorKind, UnbrickError } from "../../../core/common/errors.ts";
import type { SerialPort } from "../../../core/transport/serial/port.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";
import { hexText } from "./scripted_port.ts";

/** What follows a write: bytes, the error of a read, or a pause in milliseconds before the rest. */
export type Answer = Uint8Array | ErrorKind | number;

/**
 * A serial port whose other end answers each write by a function, on a clock. It keeps every write
 * and every change of the rate, in order.
 */
export class AnsweringPort implements SerialPort {
  readonly info = { path: "/dev/ttyUSB0" };
  /** Every write in hexadecimal digits, and `921600 baud`. */
  readonly sent: string[] = [];
  #queue: { readonly at: number; readonly answer: Uint8Array | ErrorKind }[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly answer: (bytes: Uint8Array, port: AnsweringPort) => readonly Answer[],
  ) {}

  write(bytes: Uint8Array): Promise<void> {
    this.sent.push(hexText(bytes));
    this.say(...this.answer(bytes, this));
    return Promise.resolve();
  }

  /** Answers without a write. */
  say(...answers: readonly Answer[]): void {
    let at = this.clock.now();
    for (const answer of answers) {
      if (typeof answer === "number") at += answer;
      else this.#queue.push({ at, answer });
    }
  }

  async read(_maxLength: number, { timeoutMs, signal }: TransferOptions): Promise<Uint8Array> {
    const [next] = this.#queue;
    const left = next ? next.at - this.clock.now() : Infinity;
    await this.clock.sleep(Math.min(left, timeoutMs), signal);
    if (left > timeoutMs) throw new UnbrickError("timeout", "Silence.");
    const { answer } = this.#queue.shift()!;
    if (typeof answer === "string") throw new UnbrickError(answer, "Told by the test.");
    return answer;
  }

  setBaudRate(baudRate: number): Promise<void> {
    this.sent.push(`${baudRate} baud`);
    return Promise.resolve();
  }

  discardInput(): Promise<void> {
    this.#queue = this.#queue.filter(({ at }) => at > this.clock.now());
    return Promise.resolve();
  }

  setSignals = () => Promise.resolve();
  close = () => Promise.resolve();
}
