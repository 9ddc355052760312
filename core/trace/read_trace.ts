import { UnbrickError } from "../common/errors.ts";
import { type ErrorKind, exitCodes } from "../common/errors.ts";
import { text } from "../common/text.ts";
import type { SetupPacket } from "../transport/usb/setup_packet.ts";
import { decodeFacts, LINK_EVENTS } from "./exported_json.ts";
import { type Interface, isPcapng, type Packet, readPcapng } from "./pcapng.ts";
import { decodeRtac, LINK_SERIAL, type SerialDirection } from "./rtac.ts";
import { type LeftOut, leftOutIn } from "./left_out.ts";
import { BY_THE_SYSTEM, STEP, type TraceFacts } from "./trace.ts";
import { decodeUsbmon, IN_PROGRESS, LINK_USB } from "./usbmon.ts";

export interface TracedError {
  readonly kind: ErrorKind;
  readonly message: string;
}

interface Traced {
  /** Microseconds since 1970. */
  readonly time: number;
  /** Id of the step that was under way. */
  readonly step?: string;
}

/** A transfer from its submission to its end. */
export interface TracedTransfer extends Traced {
  readonly type: "transfer";
  readonly bus: number;
  readonly address: number;
  /** Bit 7: to the host. */
  readonly endpoint: number;
  readonly setup?: SetupPacket;
  /** Bytes to send, or asked for at most. */
  readonly length: number;
  /** What was sent; empty if it was left out. */
  readonly sent: Uint8Array;
  /** Microseconds since 1970; undefined if the trace ends before the transfer. */
  ended?: number;
  /** Status of the URB; 0 is success. */
  status: number;
  /** Bytes that were moved. */
  moved: number;
  received: Uint8Array;
  leftOut?: LeftOut;
  error?: TracedError;
  /** True if unbrick did not ask for it. */
  readonly isBySystem: boolean;
}

/** Bytes on a serial line. */
export interface TracedBytes extends Traced {
  readonly type: "serial";
  readonly path: string;
  readonly direction: SerialDirection;
  readonly bytes: Uint8Array;
  readonly leftOut?: LeftOut;
}

/** An event of the run, or a call that is no transfer. */
export interface TracedNote extends Traced {
  readonly type: "note";
  readonly facts: TraceFacts;
  /** The same for people. */
  readonly words: string;
}

export type TraceEntry = TracedTransfer | TracedBytes | TracedNote;

/**
 * Reads a trace, in the order of the file; a transfer stands where it began. What is cut off at the end
 * is left out, and so are packets of other kinds.
 * @param name names the file in the error
 * @throws UnbrickError `bad-image` if it is no pcapng file
 */
export function readTrace(bytes: Uint8Array, name: string): TraceEntry[] {
  if (!isPcapng(bytes)) {
    throw new UnbrickError("bad-image", text`${name} is not a trace: it is not a pcapng file.`, {
      path: name,
    });
  }
  const interfaces: Interface[] = [];
  const entries: TraceEntry[] = [];
  const underWay = new Map<number, TracedTransfer>();
  for (const block of readPcapng(bytes)) {
    if ("interface" in block) {
      interfaces.push(block.interface);
      continue;
    }
    const { packet } = block;
    const from = interfaces[packet.interface];
    if (from?.linkType === LINK_USB) addUsb(packet, entries, underWay);
    else if (from?.linkType === LINK_SERIAL) addSerial(packet, from.name, entries);
    else if (from?.linkType === LINK_EVENTS) addNote(packet, entries);
  }
  return entries;
}

function addUsb(
  { data, time, comments }: Packet,
  entries: TraceEntry[],
  underWay: Map<number, TracedTransfer>,
): void {
  const event = decodeUsbmon(data);
  if (!event) return;
  const { id, isSubmit, bus, device, endpoint, urbLength } = event;
  if (isSubmit) {
    const transfer: TracedTransfer = {
      type: "transfer",
      time,
      ...stepIn(comments),
      bus,
      address: device,
      endpoint,
      ...(event.setup && { setup: event.setup }),
      length: urbLength,
      sent: event.data,
      status: IN_PROGRESS,
      moved: 0,
      received: new Uint8Array(),
      ...leftOutIn(comments),
      isBySystem: comments.includes(BY_THE_SYSTEM),
    };
    underWay.set(id, transfer);
    entries.push(transfer);
    return;
  }
  const transfer = underWay.get(id);
  if (!transfer) return;
  underWay.delete(id);
  Object.assign(transfer, {
    ended: time,
    status: event.status,
    moved: urbLength,
    received: event.data,
    ...leftOutIn(comments),
    ...(event.status !== 0 && { error: errorIn(comments, event.status) }),
  });
}

function addSerial({ data, time, comments }: Packet, path: string, entries: TraceEntry[]): void {
  const decoded = decodeRtac(data);
  if (!decoded) return;
  const { direction, data: bytes } = decoded;
  const extra = { ...stepIn(comments), ...leftOutIn(comments) };
  entries.push({ type: "serial", time, path, direction, bytes, ...extra });
}

function addNote({ data, time, comments }: Packet, entries: TraceEntry[]): void {
  const facts = decodeFacts(data);
  if (typeof facts !== "object" || facts === null || !("type" in facts)) return;
  const words = comments[0] ?? String(facts.type);
  entries.push({ type: "note", time, facts: facts as TraceFacts, words });
}

function stepIn(comments: readonly string[]): { step?: string } {
  const found = comments.find((one) => one.startsWith(STEP));
  return found === undefined ? {} : { step: found.slice(STEP.length) };
}

function errorIn(comments: readonly string[], status: number): TracedError {
  for (const comment of comments) {
    const [, kind, message] = /^([a-z-]+): ([^]*)$/.exec(comment) ?? [];
    if (kind && Object.hasOwn(exitCodes, kind)) return { kind: kind as ErrorKind, message };
  }
  const kind = status === -32 ? "stalled" : status === -19 ? "disconnected" : "protocol";
  return { kind, message: `status ${status}` };
}
