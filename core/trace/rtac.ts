import { constant, struct, u16, u32be, u8 } from "../common/struct.ts";

/** Bytes of a serial line as Wireshark shows them without settings (host-systems.md 6.4). */

/** Link type RTAC SERIAL. */
export const LINK_SERIAL = 250;

const SENT = 1, RECEIVED = 2;
/** RTS and DTR are on. */
const LINES_ON = 0x18;

const RtacHeader = struct("RTAC header", {
  seconds: u32be,
  microseconds: u32be,
  event: u8,
  lines: constant(u8, LINES_ON),
  footer: constant(u16, 0),
});

/** Bytes before the data. */
export const rtacSize = RtacHeader.size;

export type SerialDirection = "sent" | "received";

/** @param time microseconds since 1970 */
export function encodeRtac(time: number, direction: SerialDirection): Uint8Array {
  return RtacHeader.encode({
    seconds: Math.floor(time / 1e6),
    microseconds: time % 1e6,
    event: direction === "sent" ? SENT : RECEIVED,
  });
}

/** Reads a packet; undefined if it is none that `encodeRtac` begins. */
export function decodeRtac(
  packet: Uint8Array,
): { readonly direction: SerialDirection; readonly data: Uint8Array } | undefined {
  const head = RtacHeader.tryDecode(packet);
  return head && {
    direction: head.event === SENT ? "sent" : "received",
    data: packet.subarray(RtacHeader.size),
  };
}
