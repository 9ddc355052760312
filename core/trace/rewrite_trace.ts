import { concat } from "../common/bytes.ts";
import { decodeFacts, encodeFacts, LINK_EVENTS } from "./exported_json.ts";
import { interfaceBlock, type Packet, packetBlock, readPcapng, sectionBlock } from "./pcapng.ts";
import { decodeRtac, LINK_SERIAL, rtacSize } from "./rtac.ts";
import { digestOf, leftOutComment, leftOutIn } from "./left_out.ts";
import { isBulk, partsOf, type Payload } from "./payload.ts";
import { STEP, type TraceFacts } from "./trace.ts";
import { decodeUsbmon, LINK_USB, UsbmonHeader, writeUsbmon } from "./usbmon.ts";

export interface Rewriting {
  /** Called with each event before the packets that follow it. */
  onFacts?(facts: TraceFacts): void;
  /** Whether only length and SHA-256 of a payload are kept. */
  leavesOut(payload: Payload): boolean;
  /** Changes the words of comments and names, and all strings of events. */
  words?(text: string): string;
}

/** Copies a trace, up to where it can be read. */
export function rewriteTrace(bytes: Uint8Array, rewriting: Rewriting): Uint8Array {
  const { words = (text) => text } = rewriting;
  const linkTypes: number[] = [];
  /** What only the first packet of a transfer names, by the ids of the transfers. */
  const begun = new Map<number, Begun>();
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
    const carried = carriedBy(packet, linkTypes[packet.interface], begun);
    if (linkTypes[packet.interface] === LINK_EVENTS) {
      blocks.push(rewrittenFacts(packet, comments, rewriting));
    } else if (!carried || carried.content.length === 0 || !rewriting.leavesOut(carried)) {
      blocks.push(packetBlock({ ...packet, comments }, [packet.data]));
    } else {
      const comment = leftOutComment(carried.content);
      blocks.push(packetBlock({ ...packet, comments: [comment, ...comments] }, [carried.head]));
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

type Begun = Pick<Payload, "step" | "setup">;

/** A payload, and what stays of its packet without it. */
type Carried = Payload & { readonly head: Uint8Array; readonly content: Uint8Array };

function carriedBy(
  { data, comments }: Packet,
  linkType: number,
  begun: Map<number, Begun>,
): Carried | undefined {
  if (leftOutIn(comments).leftOut) return undefined;
  const step = comments.find((one) => one.startsWith(STEP))?.slice(STEP.length);
  if (linkType === LINK_SERIAL) {
    const line = decodeRtac(data);
    const head = data.subarray(0, rtacSize);
    const isSent = line?.direction === "sent";
    return line && { data: line.data, content: line.data, isSent, head, step, isSerial: true };
  }
  const event = linkType === LINK_USB ? decodeUsbmon(data) : undefined;
  if (!event) return undefined;
  const { id, isSubmit } = event;
  if (isSubmit) begun.set(id, { step, setup: event.setup });
  const payload = { data: event.data, isSent: isSubmit, isSerial: false, ...begun.get(id) };
  const { head, content } = partsOf(payload);
  const kept = concat([new Uint8Array(UsbmonHeader.size), head]);
  const { time } = event, dataLength = head.length === 0 ? undefined : head.length;
  writeUsbmon(new DataView(kept.buffer), 0, event, { time, dataLength });
  return { ...payload, head: kept, content };
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
    leavesOut(payload) {
      if (!isBulk(payload)) return false;
      const digest = digestOf(partsOf(payload).content);
      if (payload.isSent) sent.add(digest);
      return sent.has(digest);
    },
  });
}
