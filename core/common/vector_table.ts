import { struct, u32, type ValueOf } from "./struct.ts";

/** What a Cortex-M program begins with, 8 bytes. */
export const VectorTable = struct("vector table", {
  /** A full-descending stack: may equal the end of RAM. */
  initialStackPointer: u32,
  /** Bit 0 is the Thumb bit and must be set. */
  resetVector: u32,
});
export type VectorTable = ValueOf<typeof VectorTable>;
