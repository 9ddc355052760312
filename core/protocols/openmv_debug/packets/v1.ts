import { constant, struct, u32, u8 } from "../../../common/struct.ts";

/** Protocol V1, of firmware up to 4.8.1 (openmv-boards.md 7.2). */

/** Commands; with bit 7 the camera answers (openmv-runtime.md 1.1). */
export const V1Opcode = {
  FW_VERSION: 0x80,
  FRAME_SIZE: 0x81,
  FRAME_DUMP: 0x82,
  SCRIPT_EXEC: 0x05,
  SCRIPT_STOP: 0x06,
  SCRIPT_RUNNING: 0x87,
  SYS_RESET: 0x0C,
  FB_ENABLE: 0x0D,
  SYS_RESET_TO_BL: 0x0E,
  TX_BUF_LEN: 0x8E,
  TX_BUF: 0x8F,
} as const;

/** Silence before and after a reset command, milliseconds. */
export const V1_PAUSE_MS = 50;

/** A command, 6 bytes. */
export const V1Command = struct("debug command", {
  mark: constant(u8, 0x30),
  opcode: u8,
  /** Bytes to follow. */
  length: u32,
});
