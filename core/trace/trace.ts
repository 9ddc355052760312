import { concat } from "../common/bytes.ts";
import type { Clock } from "../common/clock.ts";
import type { UnbrickError } from "../common/errors.ts";
import type { RunEvent } from "../plan/events.ts";
import type { SetupPacket } from "../transport/usb/setup_packet.ts";
import {
  interfaceBlock,
  openPacketBlock,
  PACKET_DATA,
  packetBlock,
  sectionBlock,
} from "./pcapng.ts";
import { encodeRtac, LINK_SERIAL, type SerialDirection } from "./rtac.ts";
import { encodeFacts, LINK_EVENTS } from "./exported_json.ts";
import { leftOutComment } from "./left_out.ts";
import { partsOf, type Payload } from "./payload.ts";
import {
  CONTROL,
  IN_PROGRESS,
  INTERRUPT,
  LINK_USB,
  statusOf,
  type UsbmonEvent,
  UsbmonHeader,
  writeUsbmon,
} from "./usbmon.ts";

/** Takes the blocks of a file as they are made. It never throws and never waits. */
export interface TraceSink {
  write(block: Uint8Array): void;
}

export interface TraceOptions {
  readonly sink: TraceSink;
  readonly clock: Clock;
  /** `unbrick 1.2.3` */
  readonly application: string;
  /** What is left out; by default nothing is. */
  readonly omissions?: Omissions;
}

/** Decides what is left out of a trace. */
export interface Omissions {
  /** Learns from an event of the run what follows it. */
  event(event: RunEvent): void;
  /** True if of this payload only length and SHA-256 are kept. */
  leavesOut(payload: Payload): boolean;
  /** True if no transfers are kept at all, only events. */
  readonly isFull: boolean;
}

/** Something that happened, for the trace: what it is, and any JSON values. */
export interface TraceFacts {
  readonly type: string;
  readonly [fact: string]: unknown;
}

/** Which transfer is meant. */
export interface TransferHead {
  readonly bus: number;
  readonly address: number;
  /** Bit 7: to the host. */
  readonly endpoint: number;
  /** Left out: an interrupt transfer. */
  readonly setup?: Omit<SetupPacket, "wLength">;
  /** Bytes that are sent, or that are asked for at most. */
  readonly length: number;
}

/**
 * Ends a transfer with the bytes that came, or with its error.
 * @returns when, in microseconds since 1970
 */
export type EndOfTransfer = (received: Uint8Array | undefined, error?: UnbrickError) => number;

/** Comment on the packets of what the system read or set by itself, before unbrick could see it. */
export const BY_THE_SYSTEM = "by the operating system";
/** Begins the comment with the step that was under way. */
export const STEP = "step: ";

/** `step-started: Write the bootloader` */
function eventWords(event: RunEvent): string {
  const told = ["title", "text", "what", "waitingFor", "name", "outcome", "claim"] as const;
  const [words] = told.flatMap((field) => (event as Record<string, unknown>)[field] ?? []);
  const detected = event.type === "connected" ? event.detected.title : undefined;
  const said = words ?? detected ?? (event.type === "proof" ? event.proof.claim : undefined);
  return said === undefined ? event.type : `${event.type}: ${said}`;
}

const USB = 0, EVENTS = 1;
const NOTHING = new Uint8Array();

/** Writes what happens on the wire, and in the run, as packets of one pcapng file. */
export class Trace {
  readonly #sink: TraceSink;
  readonly #clock: Clock;
  readonly #omissions: Omissions | undefined;
  /** Microseconds since 1970 when the clock was at 0. */
  readonly #epoch: number;
  #nextTransfer = 1;
  #nextInterface = EVENTS + 1;
  /** Ids of the steps of the run, in order. */
  #steps: readonly string[] = [];
  /** The step that is under way. */
  #step: string | undefined;
  /** The step that looks at its region. */
  #looking: string | undefined;
  /** Comments on what belongs to the one or the other. */
  #comments: readonly string[] = [];

  constructor({ sink, clock, application, omissions }: TraceOptions) {
    this.#sink = sink;
    this.#clock = clock;
    this.#omissions = omissions;
    this.#epoch = (clock.date().getTime() - clock.now()) * 1000;
    const interfaces = [
      { linkType: LINK_USB, name: "usb" },
      { linkType: LINK_EVENTS, name: "events" },
    ];
    sink.write(concat([sectionBlock(application), ...interfaces.map(interfaceBlock)]));
  }

  /** Adds an event. @param words The same for people, as a comment. */
  note(facts: TraceFacts, words: string): void {
    const data = encodeFacts(facts);
    const head = { interface: EVENTS, time: this.#now(), original: data.length, comments: [words] };
    this.#sink.write(packetBlock(head, [data]));
  }

  /** Adds an event of the run; progress only tells which step is under way. */
  event(event: RunEvent): void {
    this.#omissions?.event(event);
    if (event.type === "run-started") {
      this.#steps = event.steps.map(({ id }) => id);
      this.#under(this.#steps[0]);
    } else if ("step" in event) this.#under(event.step);
    if (event.type !== "progress") {
      this.note({ type: "event", event }, eventWords(event));
    }
    // What follows a step is asked to find out whether the next one is needed.
    if (["step-done", "step-skipped", "step-left-out"].includes(event.type) && "step" in event) {
      this.#under(this.#steps[this.#steps.indexOf(event.step as string) + 1]);
    } else if (event.type === "run-ended") this.#under(undefined);
  }

  /** What follows belongs to this step, until it is called without one. */
  looking(step: string | undefined): void {
    this.#looking = step;
    this.#under(this.#step);
  }

  #under(step: string | undefined): void {
    this.#step = step;
    const owner = this.#looking ?? step;
    this.#comments = owner === undefined ? [] : [STEP + owner];
  }

  /**
   * A transfer begins.
   * @param time when, in microseconds since 1970; default: now
   * @returns what ends it, and says when
   */
  transfer(
    head: TransferHead,
    sent: Uint8Array | undefined,
    comment?: string,
    time: number = this.#now(),
  ): EndOfTransfer {
    const { bus, address: device, endpoint, setup, length } = head;
    const id = this.#nextTransfer++;
    const step = this.#looking ?? this.#step;
    const transfer = setup ? CONTROL : INTERRUPT;
    this.#half(
      {
        ...{ id, isSubmit: true, transfer, endpoint, device, bus, status: IN_PROGRESS },
        urbLength: length,
        setup: setup && { ...setup, wLength: length },
      },
      time,
      { data: sent ?? NOTHING, isSent: true, step, setup, isSerial: false },
      comment === undefined ? this.#comments : [comment, ...this.#comments],
    );
    return (received, error) => {
      const urbLength = error ? 0 : received?.length ?? length, status = statusOf(error?.kind);
      const ended = this.#now();
      this.#half(
        { id, isSubmit: false, transfer, endpoint, device, bus, status, urbLength },
        ended,
        { data: received ?? NOTHING, isSent: false, step, setup, isSerial: false },
        error ? [`${error.kind}: ${error.message}`] : comment === undefined ? [] : [comment],
      );
      return ended;
    };
  }

  /** A serial port is opened. @returns the number of its interface */
  serialPort(path: string): number {
    this.#sink.write(interfaceBlock({ linkType: LINK_SERIAL, name: path }));
    return this.#nextInterface++;
  }

  serial(number: number, direction: SerialDirection, data: Uint8Array): void {
    if (this.#omissions?.isFull) return;
    const time = this.#now();
    const step = this.#looking ?? this.#step;
    const kept = this.#kept({ data, isSent: direction === "sent", step, isSerial: true });
    const comments = kept.comment ? [kept.comment, ...this.#comments] : this.#comments;
    const header = encodeRtac(time, direction), original = header.length + data.length;
    this.#sink.write(
      packetBlock({ interface: number, time, original, comments }, [header, kept.bytes]),
    );
  }

  #half(event: UsbmonEvent, time: number, payload: Payload, comments: readonly string[]): void {
    if (this.#omissions?.isFull) return;
    const { bytes, comment } = this.#kept(payload);
    const packet = {
      interface: USB,
      time,
      original: UsbmonHeader.size + payload.data.length,
      comments: comment === undefined ? comments : [comment, ...comments],
    };
    const block = openPacketBlock(packet, UsbmonHeader.size + bytes.length);
    const dataLength = comment !== undefined && bytes.length === 0 ? undefined : bytes.length;
    writeUsbmon(block.view, PACKET_DATA, event, { time, dataLength });
    if (bytes.length > 0) block.bytes.set(bytes, PACKET_DATA + UsbmonHeader.size);
    this.#sink.write(block.bytes);
  }

  /** @returns the bytes of a payload that are kept, and the comment on what is left out */
  #kept(payload: Payload): { readonly bytes: Uint8Array; readonly comment?: string } {
    const { data } = payload;
    if (data.length === 0 || !this.#omissions) return { bytes: data };
    const { head, content } = partsOf(payload);
    if (content.length === 0 || !this.#omissions.leavesOut(payload)) return { bytes: data };
    return { bytes: head, comment: leftOutComment(content) };
  }

  #now(): number {
    return Math.round(this.#epoch + this.#clock.now() * 1000);
  }
}
