import { concat } from "../common/bytes.ts";
import { abortError, throwIfAborted } from "../common/clock.ts";
import { UnbrickError } from "../common/errors.ts";
import { parseConfiguration, parseDeviceDescriptor } from "../transport/usb/descriptors.ts";
import type {
  ControlSetup,
  TransferOptions,
  UsbBus,
  UsbDevice,
  UsbDeviceInfo,
  UsbSpeed,
} from "../transport/usb/device.ts";
import { isRecorded, type KnownPayloads } from "./known_payloads.ts";
import { partsOf } from "./payload.ts";
import type { TracedError, TracedNote, TracedTransfer, TraceEntry } from "./read_trace.ts";
import { ReplayedChanges } from "./replayed_changes.ts";
import { EntryQueue, throwRecorded, type Timeline } from "./timeline.ts";
import type { TraceFacts } from "./trace.ts";

/** One stay of a recorded device on its bus, with everything that was asked of it. */
interface Stay {
  readonly info: UsbDeviceInfo;
  /** By pipe. */
  readonly transfers: Map<number, TracedTransfer[]>;
  readonly calls: TracedNote[];
}

/** What of a stay is still to be asked for. */
interface OpenStay {
  readonly info: UsbDeviceInfo;
  readonly transfers: ReadonlyMap<number, EntryQueue<TracedTransfer>>;
  readonly calls: EntryQueue<TracedNote>;
}

/** A recorded bus: its devices come, answer and leave as they did. */
export class ReplayedBus implements UsbBus {
  readonly #stays: ReadonlyMap<TracedNote, OpenStay>;
  readonly #changes: ReplayedChanges;
  readonly #silence: ReplayedChanges;
  #silent: readonly string[] = [];
  readonly #present = new Map<string, OpenStay>();

  constructor(private readonly timeline: Timeline, private readonly payloads: KnownPayloads) {
    const changes = timeline.entries.filter((one): one is TracedNote =>
      one.type === "note" && (one.facts.type === "arrived" || one.facts.type === "left")
    );
    this.#changes = new ReplayedChanges(timeline, changes);
    this.#silence = new ReplayedChanges(
      timeline,
      timeline.entries.filter((one): one is TracedNote =>
        one.type === "note" && one.facts.type === "silent"
      ),
    );
    this.#stays = new Map(
      [...staysIn(timeline.entries)].map(([arrival, { info, transfers, calls }]) => [arrival, {
        info,
        calls: new EntryQueue(calls, timeline),
        transfers: new Map(
          [...transfers].map(([pipe, all]) => [pipe, new EntryQueue(all, timeline)]),
        ),
      }]),
    );
  }

  list(): Promise<readonly UsbDeviceInfo[]> {
    for (const change of this.#changes.look()) {
      const place = placeOf(change.facts);
      const stay = this.#stays.get(change);
      if (stay) this.#present.set(place, stay);
      else this.#present.delete(place);
    }
    return Promise.resolve([...this.#present.values()].map(({ info }) => info));
  }

  silentPorts(): Promise<readonly string[]> {
    const last = this.#silence.look().at(-1);
    if (last) this.#silent = last.facts.ports as readonly string[];
    return Promise.resolve(this.#silent);
  }

  async changed({ timeoutMs, signal }: TransferOptions): Promise<boolean> {
    throwIfAborted(signal);
    const ms = this.#changes.msToNext;
    const isInTime = ms !== undefined && ms <= timeoutMs;
    await this.timeline.clock.sleep(isInTime ? ms : timeoutMs, signal);
    return isInTime;
  }

  async open(info: UsbDeviceInfo): Promise<UsbDevice> {
    const stay = [...this.#present.values()].find((one) => one.info === info);
    if (!stay) {
      const { portPath } = info;
      throw new UnbrickError("disconnected", `The device on port ${portPath} left the bus.`);
    }
    const device = new ReplayedDevice(stay, this.timeline, this.payloads);
    device.behavesAs(await device.call("open"));
    return device;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Returns the stays of all devices, by the notes of their arrival. */
function staysIn(entries: readonly TraceEntry[]): Map<TracedNote, Stay> {
  const stays = new Map<TracedNote, Stay>();
  const present = new Map<string, Stay>();
  for (const entry of entries) {
    if (entry.type === "note" && entry.facts.type === "arrived") {
      const stay: Stay = { info: infoOf(entry), transfers: new Map(), calls: [] };
      present.set(placeOf(stay.info), stay);
      stays.set(entry, stay);
    } else if (entry.type === "transfer" && !entry.isBySystem) {
      const transfers = present.get(placeOf(entry))?.transfers;
      const pipe = pipeOf(entry.endpoint);
      const known = transfers?.get(pipe);
      if (known) known.push(entry);
      else transfers?.set(pipe, [entry]);
    } else if (entry.type === "note" && entry.facts.type === "call") {
      present.get(placeOf(entry.facts))?.calls.push(entry);
    }
  }
  return stays;
}

const placeOf = (
  { bus, address }: { readonly [fact: string]: unknown } | UsbDeviceInfo | TracedTransfer,
) => `${bus}.${address}`;

function infoOf({ facts }: TracedNote): UsbDeviceInfo {
  const descriptor = parseDeviceDescriptor(Uint8Array.fromHex(String(facts.device)));
  if (!descriptor) {
    throw new UnbrickError("bad-image", "The trace has a device without descriptor.");
  }
  const configurations = Array.isArray(facts.configurations) ? facts.configurations : [];
  return {
    bus: Number(facts.bus),
    address: Number(facts.address),
    portPath: String(facts.portPath),
    speed: String(facts.speed) as UsbSpeed,
    descriptor,
    configurations: configurations.flatMap((hex) =>
      parseConfiguration(Uint8Array.fromHex(String(hex))) ?? []
    ),
  };
}

class ReplayedDevice implements UsbDevice {
  keepsOrder = false;
  wholeReports = false;

  constructor(
    private readonly stay: OpenStay,
    private readonly timeline: Timeline,
    private readonly payloads: KnownPayloads,
  ) {}

  get info(): UsbDeviceInfo {
    return this.stay.info;
  }

  /** What the system did that was recorded; a trace of an older version does not say it. */
  behavesAs({ keepsOrder, wholeReports }: TraceFacts): void {
    this.keepsOrder = keepsOrder === true;
    this.wholeReports = wholeReports === true;
  }

  /** Does again what was recorded as a call. @returns the recorded facts */
  async call(call: string, facts: Record<string, number> = {}): Promise<TraceFacts> {
    const { timeline } = this;
    const isSame = (entry: TraceEntry | undefined) =>
      entry?.type === "note" && entry.facts.call === call &&
      Object.entries(facts).every(([name, value]) => entry.facts[name] === value);
    const isLeft = timeline.passTo(isSame, this.stay.calls.next);
    if (isLeft) await isLeft;
    const recorded = this.stay.calls.next;
    if (!recorded || !isSame(recorded)) {
      const time = recorded?.time ?? timeline.entries.at(-1)!.time;
      const words = [call, ...Object.values(facts)].join(" ");
      throw timeline.differs({
        recorded: recorded ?? timeline.firstOpen,
        now: { type: "note", time, facts: { type: "call", call, ...facts }, words },
      });
    }
    timeline.take(this.stay.calls);
    await timeline.clock.sleep(timeline.msUntil(recorded.time));
    if (recorded.facts.error) throwRecorded(recorded.facts.error as TracedError);
    return recorded.facts;
  }

  async claim(interfaceNumber: number): Promise<void> {
    await this.call("claim", { interfaceNumber });
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  async setAlternate(interfaceNumber: number, alternateSetting: number): Promise<void> {
    await this.call("setAlternate", { interfaceNumber, alternateSetting });
  }

  controlIn(setup: ControlSetup, length: number, options: TransferOptions): Promise<Uint8Array> {
    const sent = { ...setup, bmRequestType: setup.bmRequestType | 0x80, wLength: length };
    return this.#transfer({ endpoint: 0x80, setup: sent, length }, NOTHING, options);
  }

  async controlOut(setup: ControlSetup, data: Uint8Array, options: TransferOptions): Promise<void> {
    const sent = { ...setup, wLength: data.length };
    await this.#transfer({ endpoint: 0, setup: sent, length: data.length }, data, options);
  }

  interruptIn(endpoint: number, length: number, options: TransferOptions): Promise<Uint8Array> {
    return this.#transfer({ endpoint, length }, NOTHING, options);
  }

  async interruptOut(endpoint: number, data: Uint8Array, options: TransferOptions): Promise<void> {
    await this.#transfer({ endpoint, length: data.length }, data, options);
  }

  async reset(): Promise<void> {
    await this.call("reset");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #transfer(
    head: Pick<TracedTransfer, "endpoint" | "setup" | "length">,
    sent: Uint8Array,
    { signal }: TransferOptions,
  ): Promise<Uint8Array> {
    throwIfAborted(signal);
    const { timeline } = this;
    const pipe = this.stay.transfers.get(pipeOf(head.endpoint));
    const isOut = (head.endpoint & 0x80) === 0;
    const isSame = (entry: TraceEntry | undefined) =>
      entry?.type === "transfer" && isSameRequest(entry, head, isOut ? sent : undefined);
    const isLeft = timeline.passTo(isSame, pipe?.next);
    if (isLeft) await isLeft;
    const recorded = pipe?.next;
    if (!pipe || !recorded || !isSame(recorded)) {
      throw timeline.differs({
        recorded: recorded ?? timeline.firstOpen,
        now: this.#entry(head, sent, recorded),
      });
    }
    timeline.take(pipe);
    const { setup } = head;
    this.payloads.note(partsOf({ data: sent, setup, isSent: true, isSerial: false }).content);
    await timeline.clock.sleep(timeline.msUntil(recorded.ended ?? recorded.time), signal);
    if (signal.aborted) throw abortError(signal);
    if (recorded.error) throwRecorded(recorded.error);
    if (isOut || !recorded.leftOut) return recorded.received.slice();
    const known = [recorded.received, this.payloads.find(recorded.leftOut)];
    const missing = recorded.moved - recorded.received.length - recorded.leftOut.bytes;
    return concat([...known, new Uint8Array(Math.max(0, missing))]);
  }

  /** The request as it would be in a trace. */
  #entry(
    head: Pick<TracedTransfer, "endpoint" | "setup" | "length">,
    sent: Uint8Array,
    recorded: TraceEntry | undefined,
  ): TracedTransfer {
    const { bus, address } = this.info;
    const time = recorded?.time ?? this.timeline.entries.at(-1)!.time;
    return {
      ...{ type: "transfer", time, ended: time, bus, address, ...head, sent, status: 0, moved: 0 },
      ...{ received: NOTHING, isBySystem: false },
    };
  }
}

const NOTHING = new Uint8Array();

/** Requests of one pipe keep their order: all control transfers, and each other endpoint. */
const pipeOf = (endpoint: number) => (endpoint & 0x7f) === 0 ? 0 : endpoint;

function isSameRequest(
  recorded: TracedTransfer,
  { endpoint, setup, length }: Pick<TracedTransfer, "endpoint" | "setup" | "length">,
  sent: Uint8Array | undefined,
): boolean {
  const isSameSetup = setup && recorded.setup
    ? Object.entries(setup).every(([name, value]) =>
      recorded.setup![name as keyof typeof setup] === value
    )
    : setup === recorded.setup;
  return endpoint === recorded.endpoint && isSameSetup && length === recorded.length &&
    (sent === undefined || isRecorded(sent, recorded.sent, recorded.leftOut));
}
