import { struct, u16be, u32be, u8, type ValueOf } from "../../../common/struct.ts";

/**
 * The 16-byte SDP command of the i.MX ROM (imxrt-sdp-flashloader.md A2, A3). Its
 * numbers are big-endian.
 */

/** Command codes; both bytes are equal, so their order does not matter. */
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

/** A command of 16 bytes, the last of them reserved (imxrt-sdp-flashloader.md A2). */
export const SdpCommand = struct("SDP command", {
  code: u16be,
  address: u32be,
  /** Width of a register access in bits (8, 16 or 32); 0 for every other command. */
  format: u8,
  /** Bytes that follow or are requested. */
  count: u32be,
  /** Only for WRITE_REGISTER. */
  data: u32be,
}, 16);
export type SdpCommand = ValueOf<typeof SdpCommand>;

/** Encodes a command for report 1; omitted fields are 0. */
export function encodeCommand(
  name: CommandName,
  fields: Partial<Omit<SdpCommand, "code">> = {},
): Uint8Array {
  const empty = { address: 0, format: 0, count: 0, data: 0 };
  return SdpCommand.encode({ ...empty, ...fields, code: CommandCode[name] });
}
