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

/** A command or a response: four header bytes, then up to seven parameters of 32 bits. */
export interface Packet {
  readonly tag: number;
  /** Flag bit 0: a data phase follows. */
  readonly hasDataPhase: boolean;
  readonly parameters: readonly number[];
}

/** The packet as bytes: 4 + 4 × parameters, little-endian. */
export function encodePacket(
  tag: number,
  parameters: readonly number[] = [],
  hasDataPhase = false,
): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * parameters.length);
  bytes.set([tag, hasDataPhase ? 1 : 0, 0, parameters.length]);
  const view = new DataView(bytes.buffer);
  parameters.forEach((value, at) => view.setUint32(4 + 4 * at, value, true));
  return bytes;
}

/** Reads a packet; undefined if the bytes end before its parameters do. */
export function decodePacket(bytes: Uint8Array): Packet | undefined {
  if (bytes.length < 4 || bytes.length < 4 + 4 * bytes[3]) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    tag: bytes[0],
    hasDataPhase: (bytes[1] & 1) !== 0,
    parameters: Array.from({ length: bytes[3] }, (_, at) => view.getUint32(4 + 4 * at, true)),
  };
}
