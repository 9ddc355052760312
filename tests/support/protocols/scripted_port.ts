import type { Clock } from "../../../core/common/clock.ts";
import { UnbrickError } from "../../../core/common/errors.ts";
import type { SerialPort } from "../../../core/transport/serial/port.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";

/**
 * A serial port without any logic: it keeps every write, byte by byte, and answers each from a list, in
 * order. So a client is held to the bytes of its specification.
 */
export class ScriptedPort implements SerialPort {
  readonly info = { path: "/dev/ttyACM0" };
  /** Every write in hexadecimal digits; also `921600 baud`, and `close`. */
  readonly sent: string[] = [];
  #received: number[] = [];
  readonly #answers: string[];

  /** @param answers to each write; an empty one is silence */
  constructor(private readonly clock: Clock, answers: readonly string[]) {
    this.#answers = [...answers];
  }

  /** Answers that no write has asked for. */
  get left(): number {
    return this.#answers.length;
  }

  async read(maxLength: number, { timeoutMs, signal }: TransferOptions): Promise<Uint8Array> {
    if (this.#received.length === 0) {
      await this.clock.sleep(timeoutMs, signal);
      throw new UnbrickError("timeout", "Silence.");
    }
    return Uint8Array.from(this.#received.splice(0, maxLength));
  }

  write(bytes: Uint8Array): Promise<void> {
    this.sent.push(hexText(bytes));
    this.#received.push(...bytesOf(this.#answers.shift() ?? ""));
    return Promise.resolve();
  }

  setBaudRate(baudRate: number): Promise<void> {
    this.sent.push(`${baudRate} baud`);
    return Promise.resolve();
  }

  discardInput(): Promise<void> {
    this.#received = [];
    return Promise.resolve();
  }

  setSignals = () => Promise.resolve();

  close(): Promise<void> {
    this.sent.push("close");
    return Promise.resolve();
  }
}

/** The bytes as a fact sheet prints them: `30 80 0C`. */
export function hexText(bytes: Uint8Array): string {
  return bytes.toHex().toUpperCase().replaceAll(/(..)(?!$)/g, "$1 ");
}

export const bytesOf = (hex: string): Uint8Array => Uint8Array.fromHex(hex.replaceAll(" ", ""));
