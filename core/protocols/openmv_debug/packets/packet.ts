import { concat } from "../../../common/bytes.ts";
import { constant, struct, u16, u32, u8 } from "../../../common/struct.ts";
import { crc16, crc32 } from "./crc.ts";

/** Packets of protocol V2, both directions (openmv-boards.md 7.3). */

/** Bits of the flags byte. */
export const Flag = { ACK: 1, NAK: 2, RTX: 4, ACK_REQ: 8, FRAGMENT: 0x10, EVENT: 0x20 } as const;

/** Opcodes: of the system, and of every channel (openmv-runtime.md 1.3). */
export const Opcode = {
  PROTO_SYNC: 0x00,
  PROTO_SET_CAPS: 0x02,
  PROTO_VERSION: 0x04,
  SYS_RESET: 0x10,
  SYS_BOOT: 0x11,
  CHANNEL_POLL: 0x21,
  CHANNEL_LOCK: 0x22,
  CHANNEL_UNLOCK: 0x23,
  CHANNEL_SIZE: 0x25,
  CHANNEL_READ: 0x26,
  CHANNEL_WRITE: 0x27,
  CHANNEL_IOCTL: 0x28,
} as const;

/** Payload of a NAK: a 16-bit status. */
export const Status = { FAILED: 1, INVALID: 2, BUSY: 4, CHECKSUM: 5, SEQUENCE: 6 } as const;

/** A packet without its checksums. */
export interface Packet {
  /** 0 to 255, increased with each exchange, 0 right after a sync. */
  readonly sequence: number;
  readonly channel: number;
  readonly flags: number;
  readonly opcode: number;
  /** At most 4082 bytes. */
  readonly payload: Uint8Array;
}

const SYNC_WORD = 0xD5AA;

/** The first 8 bytes of a packet. */
const PacketFields = struct("debug packet", {
  sync: constant(u16, SYNC_WORD),
  sequence: u8,
  channel: u8,
  flags: u8,
  opcode: u8,
  /** Bytes of the payload. */
  length: u16,
});

/** The 10-byte head of a packet; a payload and its CRC32 may follow. */
const PacketHead = struct("debug packet", {
  fields: PacketFields,
  /** CRC16 of the fields. */
  checksum: u16,
});
const PayloadChecksum = struct("debug packet", { checksum: u32 });

/** Encodes header, payload, and the CRC32 of the payload if there is one. */
export function encodePacket(packet: Partial<Packet> & Pick<Packet, "opcode">): Uint8Array {
  const { sequence = 0, channel = 0, flags = 0, opcode, payload = new Uint8Array() } = packet;
  const fields = { sequence, channel, flags, opcode, length: payload.length };
  const head = PacketHead.encode({ fields, checksum: crc16(PacketFields.encode(fields)) });
  if (payload.length === 0) return head;
  return concat([head, payload, PayloadChecksum.encode({ checksum: crc32(payload) })]);
}

/**
 * Finds packets in a stream. Everything else is skipped, including packets with a wrong checksum. A
 * sync is also found inside an incomplete packet.
 */
export class PacketReader {
  #rest = new Uint8Array();

  /** Adds bytes and returns the packets that they complete. */
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
        const sync = syncIn(this.#rest);
        this.#rest = this.#rest.slice(sync < 0 ? at : sync);
        if (sync < 0) return undefined;
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

/** Returns where a whole sync begins; -1 if there is none. */
function syncIn(bytes: Uint8Array): number {
  return bytes.findIndex((_, at) => SYNC.every((byte, offset) => bytes[at + offset] === byte));
}

function decode(
  bytes: Uint8Array,
): { readonly packet: Packet; readonly length: number } | "none" | "unfinished" {
  if (bytes[0] !== (SYNC_WORD & 0xFF)) return "none";
  if (bytes.length > 1 && bytes[1] !== SYNC_WORD >> 8) return "none";
  if (bytes.length < PacketHead.size) return "unfinished";
  const { fields: { length, ...fields }, checksum } = PacketHead.decode(bytes);
  if (checksum !== crc16(bytes.subarray(0, PacketFields.size))) return "none";
  const end = PacketHead.size + length;
  const payload = bytes.slice(PacketHead.size, end);
  if (length === 0) return { packet: { ...fields, payload }, length: end };
  const found = PayloadChecksum.tryDecode(bytes, end);
  if (!found) return "unfinished";
  if (found.checksum !== crc32(payload)) return "none";
  return { packet: { ...fields, payload }, length: end + PayloadChecksum.size };
}
