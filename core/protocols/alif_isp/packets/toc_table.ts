import { struct, u16, u32, type ValueOf } from "../../../common/struct.ts";
import { printable } from "./bytes.ts";

/** What the application's and the system's tables of contents have in common (alif-isp.md C.7). */

/** The first 32 bytes of a table. */
export const TocHead = struct("head of a table of contents", {
  magic: printable(8),
  /** Bytes. */
  headerSize: u16,
  entryCount: u16,
  /** Bytes. */
  entrySize: u16,
  version: u16,
  part: printable(16),
});

/** An entry, 32 bytes. */
export const TocEntry = struct("entry of a table of contents", {
  /** Address of the certificates. */
  address: u32,
  /** Bytes of the object, unpadded. */
  length: u32,
  type: u32,
  /** Flags, and the processor in the low four bits. */
  flags: u32,
  version: u32,
  name: printable(8),
  /** Offset of an extended header; only in the system's table. */
  extendedHeader: u32,
});
export type TocEntry = ValueOf<typeof TocEntry>;
