/** Protocol V1, of firmware up to 4.8.1 (openmv-boards.md 7.2). */

/** First byte of a command. */
export const V1_COMMAND = 0x30;

/** Second byte: reset, and reset into the bootloader. */
export const V1Opcode = { SYS_RESET: 0x0C, SYS_RESET_TO_BL: 0x0E } as const;

/** Silence before and after a reset command, milliseconds. */
export const V1_PAUSE_MS = 50;

/** 6 bytes: 0x30, command, u32 number of bytes to follow. */
export function v1Command(opcode: number): Uint8Array {
  return Uint8Array.of(V1_COMMAND, opcode, 0, 0, 0, 0);
}
