import { crc32 } from "node:zlib";
import { textOf, viewOf } from "./bytes.ts";
import { MRAM_BASE, SYSTEM_BASE } from "./memory_map.ts";
import { text, type Words } from "../../../common/text.ts";

/** The table at the start of Alif's system package (STOC, alif-isp.md C.7). */

export const STOC_MAGIC = "ALIFTOC1";
/** Header and three entries, bytes; the checksum of these follows. */
export const STOC_TABLE_SIZE = 144;
export const STOC_HEADER_SIZE = 48;
export const STOC_ENTRY_SIZE = 32;
/** The two copies of the enclave's firmware, and its configuration. */
export const stocNames = ["SERAM0", "SERAM1", "DEVICE"] as const;

export interface StocEntry {
  readonly name: string;
  /** As the table contains it: of the firmware's copies the offset from the start of the package. */
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

/** Why bytes do not begin with a system table. */
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
  if (bytes.length < STOC_TABLE_SIZE + 4) {
    return fault("magic", text`it is too short for a system package`, 0);
  }
  if (textOf(bytes.subarray(0, 8)) !== STOC_MAGIC) {
    return fault("magic", text`it does not begin with ${STOC_MAGIC}`, 0);
  }
  const view = viewOf(bytes);
  if (crc32(bytes.subarray(0, STOC_TABLE_SIZE)) !== view.getUint32(STOC_TABLE_SIZE, true)) {
    return fault("checksum", text`the checksum of its table is wrong`, STOC_TABLE_SIZE);
  }
  const sizes = [8, 10, 12, 14].map((offset) => view.getUint16(offset, true));
  const expected = [STOC_HEADER_SIZE, stocNames.length, STOC_ENTRY_SIZE, 1];
  if (!sizes.every((size, at) => size === expected[at])) {
    return fault("layout", text`its table has another layout`, 8);
  }
  const entries = stocNames.map((_, index) => {
    const at = STOC_HEADER_SIZE + index * STOC_ENTRY_SIZE;
    return readEntry(bytes.subarray(at, at + STOC_ENTRY_SIZE));
  });
  if (!entries.every(({ name }, at) => name === stocNames[at])) {
    return fault("layout", text`its entries are not ${stocNames.join(", ")}`, STOC_HEADER_SIZE);
  }
  return { part: textOf(bytes.subarray(16, 32)), version: entries[0].version, entries };
}

function readEntry(entry: Uint8Array): StocEntry {
  const view = viewOf(entry);
  const tableAddress = view.getUint32(0, true);
  return {
    name: textOf(entry.subarray(20, 28)),
    tableAddress,
    objectAddress: tableAddress < MRAM_BASE ? SYSTEM_BASE + tableAddress : tableAddress,
    length: view.getUint32(4, true),
    flags: view.getUint32(12, true),
    version: view.getUint32(16, true),
  };
}
