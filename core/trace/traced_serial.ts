import { asUnbrickError, isKind } from "../common/errors.ts";
import type {
  SerialBus,
  SerialPort,
  SerialPortInfo,
  SerialSettings,
} from "../transport/serial/port.ts";
import type { TransferOptions } from "../transport/usb/device.ts";
import type { Trace } from "./trace.ts";

/** Serial ports that behave as those given, and whose traffic goes into a trace. */
export class TracedSerialBus implements SerialBus {
  #listed = "[]";
  /** How often the ports were listed. */
  #looks = 0;

  constructor(private readonly bus: SerialBus, private readonly trace: Trace) {}

  async list(): Promise<readonly SerialPortInfo[]> {
    const ports = await this.bus.list();
    this.#looks++;
    const listed = JSON.stringify(ports);
    if (listed !== this.#listed) {
      const names = ports.map(({ path }) => path).join(", ") || "none";
      this.trace.note({ type: "ports", look: this.#looks, ports }, `serial ports: ${names}`);
      this.#listed = listed;
    }
    return ports;
  }

  async open(info: SerialPortInfo, settings: SerialSettings): Promise<SerialPort> {
    const { path } = info;
    try {
      const port = await this.bus.open(info, settings);
      const number = this.trace.serialPort(path);
      this.trace.note(
        { type: "serial", call: "open", path, settings },
        `${path}: open at ${settings.baudRate} baud`,
      );
      return new TracedPort(port, this.trace, number);
    } catch (thrown) {
      const { kind, message } = asUnbrickError(thrown);
      this.trace.note(
        { type: "serial", call: "open", path, settings, error: { kind, message } },
        `${path}: open failed: ${kind}: ${message}`,
      );
      throw thrown;
    }
  }
}

class TracedPort implements SerialPort {
  constructor(
    private readonly port: SerialPort,
    private readonly trace: Trace,
    private readonly number: number,
  ) {}

  get info(): SerialPortInfo {
    return this.port.info;
  }

  async read(maxLength: number, options: TransferOptions): Promise<Uint8Array> {
    const bytes = await this.#noted("read", () => this.port.read(maxLength, options));
    this.trace.serial(this.number, "received", bytes);
    return bytes;
  }

  async write(bytes: Uint8Array, options: TransferOptions): Promise<void> {
    this.trace.serial(this.number, "sent", bytes);
    await this.#noted("write", () => this.port.write(bytes, options));
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.#noted("setBaudRate", () => this.port.setBaudRate(baudRate));
    this.#note("setBaudRate", { baudRate }, `${baudRate} baud`);
  }

  async setSignals(signals: { readonly dtr?: boolean; readonly rts?: boolean }): Promise<void> {
    await this.#noted("setSignals", () => this.port.setSignals(signals));
    this.#note("setSignals", { signals }, `lines ${JSON.stringify(signals)}`);
  }

  async discardInput(): Promise<void> {
    await this.#noted("discardInput", () => this.port.discardInput());
    this.#note("discardInput", {}, "what was received and not read is discarded");
  }

  close(): Promise<void> {
    return this.port.close();
  }

  #note(call: string, facts: Record<string, unknown>, words: string): void {
    const { path } = this.info;
    this.trace.note({ type: "serial", call, path, ...facts }, `${path}: ${words}`);
  }

  /** Notes the error of a call. */
  async #noted<T>(call: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      const { kind, message } = asUnbrickError(thrown);
      const words = isKind(thrown, "timeout") && call === "read" ? "nothing came" : message;
      this.#note(call, { error: { kind, message } }, `${call} failed: ${kind}: ${words}`);
      throw thrown;
    }
  }
}
