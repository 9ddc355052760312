import { concat } from "../../../common/bytes.ts";
import { array, padding, struct, u32, u8 } from "../../../common/struct.ts";

/** Commands and responses of the MCU bootloader (imxrt-sdp-flashloader.md B3). */

export const CommandTag = {
  FLASH_ERASE_ALL: 0x01,
  FLASH_ERASE_REGION: 0x02,
  READ_MEMORY: 0x03,
  WRITE_MEMORY: 0x04,
  FILL_MEMORY: 0x05,
  FLASH_SECURITY_DISABLE: 0x06,
  GET_PROPERTY: 0x07,
  RECEIVE_SB_FILE: 0x08,
  EXECUTE: 0x09,
  CALL: 0x0a,
  RESET: 0x0b,
  SET_PROPERTY: 0x0c,
  FLASH_ERASE_ALL_UNSECURE: 0x0d,
  FLASH_PROGRAM_ONCE: 0x0e,
  FLASH_READ_ONCE: 0x0f,
  FLASH_READ_RESOURCE: 0x10,
  CONFIGURE_MEMORY: 0x11,
  RELIABLE_UPDATE: 0x12,
  GENERATE_KEY_BLOB: 0x13,
} as const;

export const ResponseTag = {
  GENERIC: 0xa0,
  READ_MEMORY: 0xa3,
  GET_PROPERTY: 0xa7,
  FLASH_READ_ONCE: 0xaf,
} as const;

/** The first 4 bytes of a command or a response. */
const PacketHead = struct("mboot packet", {
  tag: u8,
  /** Bit 0: a data phase follows. */
  flags: u8,
  reserved: padding(1),
  /** Number of parameters that follow, 4 bytes each, up to seven. */
  parameterCount: u8,
});

const parametersOf = (count: number) => struct("mboot packet", { parameters: array(u32, count) });

/** A command or a response. */
export interface Packet {
  readonly tag: number;
  readonly hasDataPhase: boolean;
  readonly parameters: readonly number[];
}

/** Encodes a packet: 4 + 4 × parameters bytes. */
export function encodePacket(
  tag: number,
  parameters: readonly number[] = [],
  hasDataPhase = false,
): Uint8Array {
  const parameterCount = parameters.length;
  return concat([
    PacketHead.encode({ tag, flags: hasDataPhase ? 1 : 0, parameterCount }),
    parametersOf(parameterCount).encode({ parameters }),
  ]);
}

/** Reads a packet; undefined if the bytes end before its parameters do. */
export function decodePacket(bytes: Uint8Array): Packet | undefined {
  const head = PacketHead.tryDecode(bytes);
  const body = head && parametersOf(head.parameterCount).tryDecode(bytes, PacketHead.size);
  return body && { tag: head.tag, hasDataPhase: (head.flags & 1) !== 0, ...body };
}
