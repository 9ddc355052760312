import { builtin } from "../../../common/builtin.ts";
import { array, at, struct, u32 } from "../../../common/struct.ts";
import { MRAM_BASE, SYSTEM_BASE } from "./memory_map.ts";
import { TocEntry, TocHead } from "./toc_table.ts";
import { text, type Words } from "../../../common/text.ts";

/** The table at the start of Alif's system package (STOC, alif-isp.md C.7). */

export const STOC_MAGIC = "ALIFTOC1";
/** The two copies of the enclave's firmware, and its configuration; some parts have a fourth entry. */
export const stocNames = ["SERAM0", "SERAM1", "DEVICE"] as const;

/** The first 148 bytes of a package for the AE3's parts. */
export const SystemTable = struct("system table", {
  head: TocHead,
  entries: at(48, array(TocEntry, stocNames.length)),
  /** CRC-32 of everything before it. */
  checksum: u32,
});
/** The layout that the head of a genuine table declares. */
export const stocLayout = {
  headerSize: SystemTable.offsets.entries,
  entryCount: stocNames.length,
  entrySize: TocEntry.size,
  version: 1,
} as const;

/** Most entries, more than any part has. Chosen by unbrick. */
const MAX_ENTRIES = 8;
const tableEnd = (entries: number) => stocLayout.headerSize + entries * stocLayout.entrySize;
/** Bytes of the largest table, with the checksum after it. */
export const MAX_STOC_SIZE: number = tableEnd(MAX_ENTRIES) + 4;

export interface StocEntry {
  readonly name: string;
  /** As in the table: for the firmware's copies, the offset from the start of the package. */
  readonly tableAddress: number;
  /** Address of its certificates in MRAM. */
  readonly objectAddress: number;
  /** Bytes of the object, unpadded. */
  readonly length: number;
  readonly flags: number;
  readonly version: number;
}

export interface StocTable {
  readonly part: string;
  /** Of the firmware: u32, `major << 24 | minor << 16 | patch << 8`. */
  readonly version: number;
  readonly entries: readonly StocEntry[];
}

/** The reason why bytes do not begin with a system table. */
export interface StocFault {
  readonly kind: "magic" | "checksum" | "layout";
  readonly reason: Words;
  readonly offset: number;
}

/** Reads the table at the start of a system package. */
export function readStoc(bytes: Uint8Array): StocTable | StocFault {
  const fault = (kind: StocFault["kind"], reason: Words, offset: number) => ({
    kind,
    reason,
    offset,
  });
  if (bytes.length < MAX_STOC_SIZE) {
    return fault("magic", text`it is too short for a system package`, 0);
  }
  const head = TocHead.decode(bytes);
  if (head.magic !== STOC_MAGIC) {
    return fault("magic", text`it does not begin with ${STOC_MAGIC}`, 0);
  }
  const { headerSize, entrySize, version } = stocLayout;
  if (
    head.headerSize !== headerSize || head.entrySize !== entrySize || head.version !== version ||
    head.entryCount < stocNames.length || head.entryCount > MAX_ENTRIES
  ) {
    return fault("layout", text`its table has a different layout`, TocHead.offsets.headerSize);
  }
  const end = tableEnd(head.entryCount);
  if (stocChecksum(bytes) !== u32.read(bytes, end)) {
    return fault("checksum", text`the checksum of its table is wrong`, end);
  }
  const entries = Array.from(
    { length: head.entryCount },
    (_, index) => TocEntry.decode(bytes, headerSize + index * entrySize),
  );
  if (!stocNames.every((name, index) => name === entries[index].name)) {
    return fault("layout", text`its entries are not ${stocNames.join(", ")}`, headerSize);
  }
  return { part: head.part, version: entries[0].version, entries: entries.map(stocEntry) };
}

/** Returns the CRC-32 of a table at the start of `bytes`, whatever checksum it contains. */
export function stocChecksum(bytes: Uint8Array): number {
  return builtin.zlib.crc32(bytes.subarray(0, tableEnd(TocHead.decode(bytes).entryCount)));
}

function stocEntry({ name, address, length, flags, version }: TocEntry): StocEntry {
  const objectAddress = address < MRAM_BASE ? SYSTEM_BASE + address : address;
  return { name, tableAddress: address, objectAddress, length, flags, version };
}
