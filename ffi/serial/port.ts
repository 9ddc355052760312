import { UnbrickError } from "../../core/common/errors.ts";
import type { SerialPort, SerialPortInfo } from "../../core/transport/serial/port.ts";
import type { TransferOptions } from "../../core/transport/usb/device.ts";
import type { SystemPort } from "./system.ts";
import { text, type Words } from "../../core/common/text.ts";

/** An open serial port of this computer. Closing it cancels all running work. */
export class NativeSerialPort implements SerialPort {
  readonly #port: SystemPort;
  readonly #running = new Set<Promise<unknown>>();
  readonly #end = new AbortController();
  #closing?: Promise<void>;

  constructor(readonly info: SerialPortInfo, port: SystemPort) {
    this.#port = port;
  }

  async read(maxLength: number, options: TransferOptions): Promise<Uint8Array> {
    const bytes = await this.#use(
      (signal) => this.#port.read(maxLength, { ...options, signal }),
      options.signal,
    );
    if (bytes) return bytes;
    throw this.#timeout(text`Nothing arrived from ${this.info.path}`, options);
  }

  async write(bytes: Uint8Array, options: TransferOptions): Promise<void> {
    const isSent = await this.#use(
      (signal) => this.#port.write(bytes, { ...options, signal }),
      options.signal,
    );
    if (!isSent) throw this.#timeout(text`${this.info.path} did not accept what was sent`, options);
  }

  setBaudRate(baudRate: number): Promise<void> {
    return this.#use(() => this.#port.setBaudRate(baudRate));
  }

  setSignals(signals: { readonly dtr?: boolean; readonly rts?: boolean }): Promise<void> {
    return this.#use(() => this.#port.setSignals(signals));
  }

  discardInput(): Promise<void> {
    return this.#use(() => this.#port.discardInput());
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const { path } = this.info;
    this.#end.abort(
      new UnbrickError(
        "cancelled",
        text`The port ${path} was closed in the
      meantime.`,
      ),
    );
    await Promise.allSettled(this.#running);
    await this.#port.close();
  }

  /** Runs work that needs the open port; `close` ends it and waits for it. */
  async #use<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closing) throw new Error(`the port ${this.info.path} was closed`);
    const end = this.#end.signal;
    const running = work(signal ? AbortSignal.any([signal, end]) : end);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  #timeout(what: Words, { timeoutMs }: TransferOptions): UnbrickError {
    const data = { path: this.info.path, milliseconds: timeoutMs };
    return new UnbrickError("timeout", text`${what} in ${timeoutMs} ms.`, data);
  }
}
