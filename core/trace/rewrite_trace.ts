import { builtin } from "../common/builtin.ts";
import { concat } from "../common/bytes.ts";
import { decodeFacts, encodeFacts, LINK_EVENTS } from "./exported_json.ts";
import { interfaceBlock, type Packet, packetBlock, readPcapng, sectionBlock } from "./pcapng.ts";
import { decodeRtac, LINK_SERIAL, rtacSize } from "./rtac.ts";
import { LEFT_OUT, STEP, type TraceFacts } from "./trace.ts";
import { decodeUsbmon, encodeUsbmon, LINK_USB } from "./usbmon.ts";

/** Shorter payloads are kept: they are commands and answers. Bytes. */
const SHORT = 64;

/** The bytes that a packet carries. */
export interface TracedPayload {
  readonly data: Uint8Array;
  readonly isSent: boolean;
  readonly sha256: string;
  /** Id of the step that was under way. */
  readonly step?: string;
}

export interface Rewriting {
  /** Called with each event before the packets that follow it. */
  onFacts?(facts: TraceFacts): void;
  /** Whether only length and SHA-256 of a payload of more than 64 bytes are kept. */
  leavesOut(payload: TracedPayload): boolean;
  /** Changes the words of comments and names, and all strings of events. */
  words?(text: string): string;
}

/** Copies a trace, up to where it can be read. */
export function rewriteTrace(bytes: Uint8Array, rewriting: Rewriting): Uint8Array {
  const { words = (text) => text } = rewriting;
  const linkTypes: number[] = [];
  /** The steps of transfers, by their ids: only their first packet names it. */
  const steps = new Map<number, string | undefined>();
  const blocks = [sectionBlock("unbrick")];
  for (const block of readPcapng(bytes)) {
    if ("interface" in block) {
      const { linkType, name } = block.interface;
      linkTypes.push(linkType);
      blocks.push(interfaceBlock({ linkType, name: words(name) }));
      continue;
    }
    const { packet } = block;
    const comments = packet.comments.map(words);
    const payload = payloadOf(packet, linkTypes[packet.interface]);
    if (linkTypes[packet.interface] === LINK_EVENTS) {
      blocks.push(rewrittenFacts(packet, comments, rewriting));
    } else if (!payload || !isLeftOut(packet, payload, steps, rewriting)) {
      blocks.push(packetBlock({ ...packet, comments }, [packet.data]));
    } else {
      const comment = `${LEFT_OUT}${payload.data.length} bytes, SHA-256 ${digestOf(payload.data)}`;
      blocks.push(packetBlock({ ...packet, comments: [comment, ...comments] }, [payload.head]));
    }
  }
  return concat(blocks);
}

function rewrittenFacts(
  packet: Packet,
  comments: readonly string[],
  { onFacts, words = (text) => text }: Rewriting,
): Uint8Array {
  const facts = decodeFacts(packet.data);
  if (facts === undefined) return packetBlock({ ...packet, comments }, [packet.data]);
  onFacts?.(facts as TraceFacts);
  const data = encodeFacts(inAllStrings(facts, words));
  return packetBlock({ ...packet, comments, original: data.length }, [data]);
}

function isLeftOut(
  { comments }: Packet,
  { data, isSent, id }: Payload,
  steps: Map<number, string | undefined>,
  { leavesOut }: Rewriting,
): boolean {
  const named = comments.find((one) => one.startsWith(STEP))?.slice(STEP.length);
  const step = named ?? (id === undefined ? undefined : steps.get(id));
  if (id !== undefined) steps.set(id, step);
  return data.length > SHORT && leavesOut({ data, isSent, sha256: digestOf(data), step });
}

const digestOf = (bytes: Uint8Array) =>
  builtin.crypto.createHash("sha256").update(bytes).digest("hex");

/** A payload, and what stays of its packet without it. */
interface Payload {
  readonly data: Uint8Array;
  readonly isSent: boolean;
  readonly head: Uint8Array;
  /** Id of the transfer; undefined on a serial line. */
  readonly id?: number;
}

function payloadOf({ data }: Packet, linkType: number): Payload | undefined {
  if (linkType === LINK_SERIAL) {
    const line = decodeRtac(data);
    const head = data.subarray(0, rtacSize);
    return line && { data: line.data, isSent: line.direction === "sent", head };
  }
  const event = linkType === LINK_USB ? decodeUsbmon(data) : undefined;
  if (!event) return undefined;
  const head = encodeUsbmon(event, undefined);
  return { data: event.data, isSent: event.isSubmit, head, id: event.id };
}

/** Changes all strings in a JSON value. */
export function inAllStrings(value: unknown, words: (text: string) => string): unknown {
  if (typeof value === "string") return words(value);
  if (Array.isArray(value)) return value.map((one) => inAllStrings(one, words));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, inAllStrings(one, words)]),
  );
}

/**
 * Leaves out what a replay can make again: payloads that were sent, and those received that equal one
 * that was sent before.
 */
export function withoutWrittenPayload(bytes: Uint8Array): Uint8Array {
  const sent = new Set<string>();
  return rewriteTrace(bytes, {
    leavesOut({ isSent, sha256 }) {
      if (isSent) sent.add(sha256);
      return sent.has(sha256);
    },
  });
}
