import { abortError, type Clock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { TransferOptions } from "../usb/device.ts";
import type { SerialLine } from "./line.ts";
import type { SerialHost } from "./model.ts";
import type { SerialBus, SerialPort, SerialPortInfo, SerialSettings } from "./port.ts";
import { text } from "../../common/text.ts";

/** Where a simulated serial adapter is plugged in. */
export interface SerialSocket {
  /** Plugs the adapter in: the host sees a port with this USB identity. */
  attach(usb: Omit<NonNullable<SerialPortInfo["usb"]>, "portPath">, line: SerialLine): void;
  /** Unplugs the adapter: an open port fails with `disconnected`. Does nothing when empty. */
  detach(): void;
}

interface Adapter {
  readonly info: SerialPortInfo;
  readonly line: SerialLine;
  port: MemoryPort | undefined;
}

/**
 * Serial ports that reach models in the same process; ffi/serial is the counterpart for real ones.
 */
export class MemorySerialBus implements SerialBus {
  readonly #adapters = new Set<Adapter>();
  #next = 0;

  constructor(private readonly clock: Clock) {}

  /** @param portPath returns the adapter's place on USB, `1-1`; called at each attach. */
  socket(portPath: () => string): SerialSocket {
    let here: Adapter | undefined;
    return {
      attach: (usb, line) => {
        if (here) throw new Error(`the serial socket at ${portPath()} is occupied`);
        const info = { path: `simulated${this.#next++}`, usb: { ...usb, portPath: portPath() } };
        this.#adapters.add(here = { info, line, port: undefined });
      },
      detach: () => {
        if (!here) return;
        this.#adapters.delete(here);
        here.port?.leave();
        here = undefined;
      },
    };
  }

  list(): Promise<readonly SerialPortInfo[]> {
    return Promise.resolve([...this.#adapters].map(({ info }) => info));
  }

  async open(info: SerialPortInfo, { baudRate }: SerialSettings): Promise<SerialPort> {
    const adapter = [...this.#adapters].find((one) => one.info.path === info.path);
    const data = { path: info.path };
    if (!adapter) {
      throw new UnbrickError("not-found", text`There is no serial port ${info.path}.`, {
        port: info.path,
      });
    }
    if (adapter.port) {
      throw new UnbrickError("busy", text`Another program is using the port ${info.path}.`, data);
    }
    const port = new MemoryPort(adapter.info, adapter.line, this.clock, baudRate, () => {
      adapter.port = undefined;
    });
    adapter.port = port;
    return port;
  }
}

class MemoryPort implements SerialPort, SerialHost {
  #input: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #gone = false;
  #closed = false;

  constructor(
    readonly info: SerialPortInfo,
    private readonly line: SerialLine,
    private readonly clock: Clock,
    public baudRate: number,
    private readonly onClose: () => void,
  ) {
    line.listen(this);
  }

  /** Receives bytes from the line. */
  receive(bytes: Uint8Array): void {
    this.#input.push(bytes);
    this.#wake?.();
  }

  /** Called when the adapter was unplugged. */
  leave(): void {
    this.#gone = true;
    this.line.listen(undefined);
    this.#wake?.();
  }

  async read(maxLength: number, { timeoutMs, signal }: TransferOptions): Promise<Uint8Array> {
    this.#mustBeThere();
    if (signal.aborted) throw abortError(signal);
    if (this.#input.length === 0) await this.#arrival(timeoutMs, signal);
    this.#mustBeThere();
    const [first] = this.#input;
    if (!first) {
      throw new UnbrickError(
        "timeout",
        text`Nothing arrived from ${this.info.path} in ${timeoutMs} ms.`,
        {
          path: this.info.path,
          milliseconds: timeoutMs,
        },
      );
    }
    if (first.length <= maxLength) return this.#input.shift()!;
    this.#input[0] = first.subarray(maxLength);
    return first.slice(0, maxLength);
  }

  async write(bytes: Uint8Array, { signal }: TransferOptions): Promise<void> {
    this.#mustBeThere();
    if (signal.aborted) throw abortError(signal);
    await this.line.transmit(bytes, this.baudRate, signal);
    this.#mustBeThere();
  }

  async setBaudRate(baudRate: number): Promise<void> {
    this.#mustBeThere();
    this.baudRate = baudRate;
  }

  async setSignals(): Promise<void> {
    this.#mustBeThere();
  }

  async discardInput(): Promise<void> {
    this.#mustBeThere();
    this.#input = [];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#gone) this.line.listen(undefined);
    this.onClose();
  }

  /** Waits until bytes arrive, the adapter is unplugged, or the time is over. */
  async #arrival(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const onAbort = () => stop.abort(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    this.#wake = () => stop.abort(ARRIVED);
    try {
      await this.clock.sleep(timeoutMs, stop.signal);
    } catch (error) {
      if (stop.signal.reason !== ARRIVED) throw error;
    } finally {
      this.#wake = undefined;
      signal.removeEventListener("abort", onAbort);
    }
  }

  #mustBeThere(): void {
    if (this.#closed) throw new Error(`the port ${this.info.path} was closed`);
    if (!this.#gone) return;
    throw new UnbrickError(
      "disconnected",
      text`The serial adapter ${this.info.path} disconnected.`,
      {
        path: this.info.path,
      },
    );
  }
}

/** Shared: creating an error for each piece would cost more than the piece. */
const ARRIVED = new UnbrickError("cancelled", text`Data has arrived.`);
