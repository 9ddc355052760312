import { struct, u32, type ValueOf } from "./struct.ts";

/** The first 8 bytes of a Cortex-M program. */
export const VectorTable = struct("vector table", {
  /** The stack is full-descending, so this may equal the end of RAM. */
  initialStackPointer: u32,
  /** Bit 0 is the Thumb bit and must be set. */
  resetVector: u32,
});
export type VectorTable = ValueOf<typeof VectorTable>;
