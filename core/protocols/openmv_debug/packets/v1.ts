import { constant, struct, u32, u8 } from "../../../common/struct.ts";

/** Protocol V1, of firmware up to 4.8.1 (openmv-boards.md 7.2). */

/** Opcodes for a reset, and a reset into the bootloader. */
export const V1Opcode = { SYS_RESET: 0x0C, SYS_RESET_TO_BL: 0x0E } as const;

/** Silence before and after a reset command, milliseconds. */
export const V1_PAUSE_MS = 50;

/** A command, 6 bytes. */
export const V1Command = struct("debug command", {
  mark: constant(u8, 0x30),
  opcode: u8,
  /** Bytes to follow. */
  length: u32,
});
