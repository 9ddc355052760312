import { crc16, crc32 } from "./crc.ts";

/** Packets of protocol V2, both directions (openmv-boards.md 7.3). */

/** Bits of the flags byte. */
export const Flag = { ACK: 1, NAK: 2, RTX: 4, ACK_REQ: 8, FRAGMENT: 0x10, EVENT: 0x20 } as const;

/** Opcodes of channel 0, the system's. */
export const Opcode = { PROTO_SYNC: 0x00, SYS_RESET: 0x10, SYS_BOOT: 0x11 } as const;

/** Payload of a NAK: a 16-bit status. */
export const Status = { INVALID: 2, CHECKSUM: 5, SEQUENCE: 6 } as const;

/** A packet without its checksums. */
export interface Packet {
  /** 0 to 255, counted for each exchange, 0 right after a sync. */
  readonly sequence: number;
  readonly channel: number;
  readonly flags: number;
  readonly opcode: number;
  /** At most 4082 bytes. */
  readonly payload: Uint8Array;
}

/** 10 bytes: u16 0xD5AA, sequence, channel, flags, opcode, u16 length, u16 CRC16 of these 8. */
const HEADER = 10;
const SYNC_WORD = [0xAA, 0xD5] as const;
const CRC32_BYTES = 4;

/** Header, payload, and CRC32 of the payload if there is one. */
export function encodePacket(packet: Partial<Packet> & Pick<Packet, "opcode">): Uint8Array {
  const { sequence = 0, channel = 0, flags = 0, opcode, payload = new Uint8Array() } = packet;
  const bytes = new Uint8Array(HEADER + payload.length + (payload.length > 0 ? CRC32_BYTES : 0));
  const view = new DataView(bytes.buffer);
  bytes.set([...SYNC_WORD, sequence, channel, flags, opcode]);
  view.setUint16(6, payload.length, true);
  view.setUint16(8, crc16(bytes.subarray(0, 8)), true);
  if (payload.length === 0) return bytes;
  bytes.set(payload, HEADER);
  view.setUint32(HEADER + payload.length, crc32(payload), true);
  return bytes;
}

/**
 * Finds packets in a stream. What is no packet is skipped; a header whose checksum is wrong, or a
 * payload's, counts as no packet. A sync is found inside a packet that was never finished, too.
 */
export class PacketReader {
  #rest = new Uint8Array();

  /** The packets that are complete with these bytes. */
  push(bytes: Uint8Array): Packet[] {
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    this.#rest = joined;
    const packets: Packet[] = [];
    for (let packet = this.#next(); packet; packet = this.#next()) packets.push(packet);
    return packets;
  }

  #next(): Packet | undefined {
    for (let at = 0; at < this.#rest.length; at++) {
      const found = decode(this.#rest.subarray(at));
      if (found === "none") continue;
      if (found === "unfinished") {
        const sync = findSync(this.#rest, at + 1);
        this.#rest = this.#rest.slice(sync ?? at);
        if (sync === undefined) return undefined;
        at = -1;
        continue;
      }
      this.#rest = this.#rest.slice(at + found.length);
      return found.packet;
    }
    this.#rest = new Uint8Array();
    return undefined;
  }
}

const SYNC = encodePacket({ opcode: Opcode.PROTO_SYNC });

function findSync(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at + SYNC.length <= bytes.length; at++) {
    if (SYNC.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
}

function decode(
  bytes: Uint8Array,
): { readonly packet: Packet; readonly length: number } | "none" | "unfinished" {
  if (bytes[0] !== SYNC_WORD[0]) return "none";
  if (bytes.length < 2) return "unfinished";
  if (bytes[1] !== SYNC_WORD[1]) return "none";
  if (bytes.length < HEADER) return "unfinished";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(8, true) !== crc16(bytes.subarray(0, 8))) return "none";
  const [, , sequence, channel, flags, opcode] = bytes;
  const end = HEADER + view.getUint16(6, true);
  if (end === HEADER) {
    const packet = { sequence, channel, flags, opcode, payload: new Uint8Array() };
    return { packet, length: HEADER };
  }
  if (bytes.length < end + CRC32_BYTES) return "unfinished";
  const payload = bytes.slice(HEADER, end);
  if (view.getUint32(end, true) !== crc32(payload)) return "none";
  return {
    packet: { sequence, channel, flags, opcode, payload },
    length: end + CRC32_BYTES,
  };
}
