import { concat } from "../common/bytes.ts";
import { throwIfAborted } from "../common/clock.ts";
import { UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import type {
  SerialBus,
  SerialPort,
  SerialPortInfo,
  SerialSettings,
} from "../transport/serial/port.ts";
import type { TransferOptions } from "../transport/usb/device.ts";
import { isRecorded, type KnownPayloads } from "./known_payloads.ts";
import type { TracedBytes, TracedError, TracedNote } from "./read_trace.ts";
import { ReplayedChanges } from "./replayed_changes.ts";
import { EntryQueue, throwRecorded, type Timeline } from "./timeline.ts";

type PortEntry = TracedBytes | TracedNote;

/** Recorded serial ports: they appear and answer as they did. */
export class ReplayedSerialBus implements SerialBus {
  readonly #queues = new Map<string, EntryQueue<PortEntry>>();
  readonly #changes: ReplayedChanges;
  #ports: readonly SerialPortInfo[] = [];

  constructor(private readonly timeline: Timeline, private readonly payloads: KnownPayloads) {
    this.#changes = new ReplayedChanges(
      timeline,
      timeline.entries.filter((one): one is TracedNote =>
        one.type === "note" && one.facts.type === "ports"
      ),
    );
  }

  list(): Promise<readonly SerialPortInfo[]> {
    const last = this.#changes.look().at(-1);
    if (last) this.#ports = last.facts.ports as readonly SerialPortInfo[];
    return Promise.resolve(this.#ports);
  }

  async open(info: SerialPortInfo, { baudRate }: SerialSettings): Promise<SerialPort> {
    const queue = this.#queues.get(info.path) ??
      new EntryQueue(entriesOf(info.path, this.timeline), this.timeline);
    this.#queues.set(info.path, queue);
    const port = new ReplayedPort(info, queue, this.timeline, this.payloads);
    await port.call("open", `open at ${baudRate} baud`);
    return port;
  }
}

const entriesOf = (path: string, { entries }: Timeline) =>
  entries.filter((one): one is PortEntry =>
    one.type === "serial"
      ? one.path === path
      : one.type === "note" && one.facts.type === "serial" && one.facts.path === path
  );

class ReplayedPort implements SerialPort {
  /** What was received, and is more than was asked for. */
  #rest = new Uint8Array();

  constructor(
    readonly info: SerialPortInfo,
    private readonly queue: EntryQueue<PortEntry>,
    private readonly timeline: Timeline,
    private readonly payloads: KnownPayloads,
  ) {}

  async read(maxLength: number, { timeoutMs, signal }: TransferOptions): Promise<Uint8Array> {
    throwIfAborted(signal);
    const deadline = this.timeline.clock.now() + timeoutMs;
    while (this.#rest.length === 0) {
      const next = this.queue.next;
      if (next && isReadOutcome(next)) {
        this.timeline.take(this.queue);
        await this.timeline.clock.sleep(this.timeline.msUntil(next.time), signal);
        if (next.type === "note") throwRecorded(next.facts.error as TracedError);
        this.#rest = this.#bytesOf(next);
      } else {
        const left = deadline - this.timeline.clock.now();
        if (left <= 0) throw this.#silence(timeoutMs);
        await this.timeline.progress(left, signal);
      }
    }
    const bytes = this.#rest.slice(0, maxLength);
    this.#rest = this.#rest.slice(maxLength);
    return bytes;
  }

  async write(bytes: Uint8Array, { signal }: TransferOptions): Promise<void> {
    throwIfAborted(signal);
    const next = this.queue.next;
    const isSame = next?.type === "serial" && next.direction === "sent" &&
      isRecorded(bytes, next.bytes, next.leftOut);
    if (!isSame) {
      const { path } = this.info;
      const time = next?.time ?? this.timeline.entries.at(-1)!.time;
      const now = { type: "serial", time, path, direction: "sent", bytes } as const;
      throw this.timeline.differs({ recorded: next, now });
    }
    this.timeline.take(this.queue);
    this.payloads.note(bytes);
    await this.timeline.clock.sleep(this.timeline.msUntil(next.time), signal);
    const failed = this.queue.next;
    if (failed?.type === "note" && failed.facts.call === "write") await this.call("write", "write");
  }

  setBaudRate(baudRate: number): Promise<void> {
    return this.call("setBaudRate", `${baudRate} baud`);
  }

  setSignals(): Promise<void> {
    return this.call("setSignals", "lines");
  }

  discardInput(): Promise<void> {
    this.#rest = new Uint8Array();
    return this.call("discardInput", "what was received and not read is discarded");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Does again what was recorded as a call. */
  async call(call: string, words: string): Promise<void> {
    const next = this.queue.next;
    if (next?.type !== "note" || next.facts.call !== call) {
      const { path } = this.info;
      const time = next?.time ?? this.timeline.entries.at(-1)!.time;
      throw this.timeline.differs({
        recorded: next,
        now: {
          type: "note",
          time,
          facts: { type: "serial", call, path },
          words: `${path}: ${words}`,
        },
      });
    }
    this.timeline.take(this.queue);
    await this.timeline.clock.sleep(this.timeline.msUntil(next.time));
    if (next.facts.error) throwRecorded(next.facts.error as TracedError);
  }

  #bytesOf(entry: TracedBytes): Uint8Array<ArrayBuffer> {
    if (!entry.leftOut) return entry.bytes.slice();
    return concat([entry.bytes, this.payloads.find(entry.leftOut)]);
  }

  #silence(milliseconds: number): UnbrickError {
    const { path } = this.info;
    return new UnbrickError("timeout", text`Nothing arrived from ${path} in ${milliseconds} ms.`, {
      path,
      milliseconds,
    });
  }
}

function isReadOutcome(entry: PortEntry): boolean {
  return entry.type === "serial"
    ? entry.direction === "received"
    : entry.facts.call === "read" && entry.facts.error !== undefined;
}
