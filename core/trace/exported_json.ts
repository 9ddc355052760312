import { concat } from "../common/bytes.ts";

/**
 * Events of the run as packets of JSON text. Link type "Wireshark upper PDU": tags, big-endian, of which
 * one names the dissector that shows the rest (host-systems.md 6.5).
 */
export const LINK_EVENTS = 252;

/** Tag 12 (name of the dissector), 4 bytes: `json`; then the end tag. */
const TAGS = Uint8Array.of(0, 12, 0, 4, ...new TextEncoder().encode("json"), 0, 0, 0, 0);

export function encodeFacts(facts: unknown): Uint8Array {
  return concat([TAGS, new TextEncoder().encode(JSON.stringify(facts))]);
}

/** Returns the value; undefined for other tags, or text that is no JSON. */
export function decodeFacts(packet: Uint8Array): unknown {
  if (TAGS.some((byte, at) => packet[at] !== byte)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(packet.subarray(TAGS.length)));
  } catch {
    return undefined;
  }
}
