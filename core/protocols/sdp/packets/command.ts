/**
 * The 16-byte SDP command of the i.MX ROM (imxrt-sdp-flashloader.md A2, A3). All multi-byte fields are
 * big-endian.
 */

/** Command codes; both bytes are equal, so their order does not show. */
export const CommandCode = {
  READ_REGISTER: 0x0101,
  WRITE_REGISTER: 0x0202,
  WRITE_FILE: 0x0404,
  ERROR_STATUS: 0x0505,
  WRITE_CSF: 0x0606,
  DCD_WRITE: 0x0a0a,
  JUMP_ADDRESS: 0x0b0b,
  SKIP_DCD_HEADER: 0x0c0c,
} as const;

export type CommandName = keyof typeof CommandCode;

/** A command of 16 bytes, its fields big-endian (imxrt-sdp-flashloader.md A2). */
export interface SdpCommand {
  readonly code: number;
  readonly address: number;
  /** Width of a register access in bits (8, 16 or 32); 0 for every other command. */
  readonly format: number;
  /** Bytes that follow, or that are asked for. */
  readonly count: number;
  /** Only for WRITE_REGISTER. */
  readonly data: number;
}

/** Bytes of a command. */
export const COMMAND_LENGTH = 16;

/** The command as it goes into report 1, 16 bytes. */
export function encodeCommand(name: CommandName, fields: Partial<SdpCommand> = {}): Uint8Array {
  const bytes = new Uint8Array(COMMAND_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, CommandCode[name]);
  view.setUint32(2, fields.address ?? 0);
  view.setUint8(6, fields.format ?? 0);
  view.setUint32(7, fields.count ?? 0);
  view.setUint32(11, fields.data ?? 0);
  return bytes;
}

/** Reads a command; `bytes` has at least 16 bytes. */
export function decodeCommand(bytes: Uint8Array): SdpCommand {
  const view = new DataView(bytes.buffer, bytes.byteOffset, COMMAND_LENGTH);
  return {
    code: view.getUint16(0),
    address: view.getUint32(2),
    format: view.getUint8(6),
    count: view.getUint32(7),
    data: view.getUint32(11),
  };
}
