import { createHash } from "node:crypto";
import { concat } from "../common/bytes.ts";
import { interfaceBlock, type Packet, packetBlock, readPcapng, sectionBlock } from "./pcapng.ts";
import { decodeRtac, LINK_SERIAL, rtacSize } from "./rtac.ts";
import { LEFT_OUT } from "./trace.ts";
import { decodeUsbmon, encodeUsbmon, LINK_USB } from "./usbmon.ts";

/** Shorter payloads are kept: they are commands and answers. Bytes. */
const SHORT = 64;

/**
 * Leaves out what a replay can make again: payloads that were sent, and those received that equal one
 * that was sent before. Their length and SHA-256 stay.
 * @param bytes a whole trace
 */
export function withoutWrittenPayload(bytes: Uint8Array): Uint8Array {
  const sent = new Set<string>();
  const linkTypes: number[] = [];
  const blocks = [sectionBlock("unbrick")];
  for (const block of readPcapng(bytes)) {
    if ("interface" in block) {
      linkTypes.push(block.interface.linkType);
      blocks.push(interfaceBlock(block.interface));
      continue;
    }
    const { packet } = block;
    const payload = payloadOf(packet, linkTypes[packet.interface]);
    if (!payload || payload.data.length <= SHORT) {
      blocks.push(packetBlock(packet, [packet.data]));
      continue;
    }
    const digest = createHash("sha256").update(payload.data).digest("hex");
    if (payload.isSent) sent.add(digest);
    const comment = `${LEFT_OUT}${payload.data.length} bytes, SHA-256 ${digest}`;
    blocks.push(
      sent.has(digest)
        ? packetBlock({ ...packet, comments: [comment, ...packet.comments] }, [payload.head])
        : packetBlock(packet, [packet.data]),
    );
  }
  return concat(blocks);
}

/** The payload of a packet, and what stays of the packet without it. */
function payloadOf(
  { data }: Packet,
  linkType: number,
): { readonly data: Uint8Array; readonly isSent: boolean; readonly head: Uint8Array } | undefined {
  if (linkType === LINK_SERIAL) {
    const line = decodeRtac(data);
    return line && {
      data: line.data,
      isSent: line.direction === "sent",
      head: data.subarray(0, rtacSize),
    };
  }
  const event = linkType === LINK_USB ? decodeUsbmon(data) : undefined;
  return event && {
    data: event.data,
    isSent: event.isSubmit,
    head: encodeUsbmon(event, undefined),
  };
}
