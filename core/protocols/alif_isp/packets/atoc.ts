import { builtin } from "../../../common/builtin.ts";
import { badImage } from "../../../image/bad_image.ts";
import { array, struct, u32 } from "../../../common/struct.ts";
import { isZero } from "./bytes.ts";
import { type Chain, chainAt } from "./certificate_chain.ts";
import { SYSTEM_BASE } from "./memory_map.ts";
import { TocEntry, TocHead } from "./toc_table.ts";
import { plural, text, type Words } from "../../../common/text.ts";

/**
 * The application's table of contents (ATOC) at the end of the application area (alif-isp.md C.7):
 * certificates and configuration, header, entries, and a tail of 16 bytes by which the enclave
 * finds the rest.
 */

export const ATOC_MAGIC = "OEMTOC01";

/** The last 16 bytes of the area. */
export const AtocTail = struct("tail of a table of contents", {
  /** CRC-32 of header and entries. */
  checksum: u32,
  headerAddress: u32,
  packageAddress: u32,
  /** Bytes. */
  packageSize: u32,
});

/** Most entries; no real table has more. Chosen by unbrick. */
const MAX_ENTRIES = 32;

/** Bits of an entry's flags, apart from the processor in the low four. */
export const EntryFlag = {
  COMPRESSED: 0x10,
  LOAD: 0x20,
  BOOT: 0x40,
  ENCRYPTED: 0x80,
  DEFERRED: 0x100,
} as const;

export const EntryType = { DEVICE_CONFIG: 3, IMAGE: 4 } as const;
/** Processor number of an entry that belongs to no processor. */
export const NO_CPU = 15;

export interface AtocEntry {
  readonly name: string;
  /** Address of its certificates. */
  readonly objectAddress: number;
  /** Bytes of the image or configuration, unpadded. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  /** NO_CPU for none. */
  readonly cpu: number;
  readonly version: number;
  /** Undefined if there is no certificate where the entry points. */
  readonly chain?: Chain;
  /** The object that the certificate covers, if it is in the table's own package. */
  readonly object?: Uint8Array;
}

export interface Atoc {
  /** Start of the package of certificates, header and entries; it ends at SYSTEM_BASE. */
  readonly packageAddress: number;
  readonly packageSize: number;
  readonly headerAddress: number;
  /** 1, or 2 with a part number. */
  readonly version: number;
  /** The part it was made for; undefined in version 1 or if empty. */
  readonly part?: string;
  readonly entries: readonly AtocEntry[];
}

/** The reason why bytes do not end with a table. */
export interface AtocFault {
  readonly kind: "none" | "checksum" | "invalid";
  readonly reason: Words;
  readonly offset: number;
}

/**
 * Reads a table from bytes that end at the start of the system area: a whole firmware_pad.toc, a
 * bare firmware.toc, or the end of the application area read back from a device.
 */
export function readAtoc(bytes: Uint8Array): Atoc | AtocFault {
  const base = SYSTEM_BASE - bytes.length;
  const tailAt = bytes.length - AtocTail.size;
  const fault = (reason: Words, offset: number, kind: AtocFault["kind"] = "invalid") => ({
    kind,
    reason,
    offset,
  });
  if (tailAt < TocHead.size) {
    return fault(text`it is too short for a table of contents`, bytes.length);
  }
  if (isZero(bytes.subarray(tailAt))) {
    return fault(text`it has no table of contents: its last 16 bytes are zero`, tailAt, "none");
  }
  const { checksum, headerAddress, packageAddress, packageSize } = AtocTail.decode(bytes, tailAt);
  if (packageAddress + packageSize !== SYSTEM_BASE || packageAddress < base) {
    return fault(
      text`its table does not end where the system area begins`,
      tailAt + AtocTail.offsets.packageAddress,
    );
  }
  const headerAt = headerAddress - base;
  if (
    headerAddress % 16 !== 0 || headerAddress < packageAddress ||
    headerAt > tailAt - TocHead.size
  ) {
    return fault(
      text`the address of its table's header is outside the table`,
      tailAt + AtocTail.offsets.headerAddress,
    );
  }
  const head = TocHead.decode(bytes, headerAt);
  const { entryCount, version } = head;
  if (head.magic !== ATOC_MAGIC) {
    return fault(text`its table does not begin with ${ATOC_MAGIC}`, headerAt);
  }
  if (head.headerSize !== TocHead.size || head.entrySize !== TocEntry.size) {
    return fault(
      text`its table has a header or entries of the wrong size`,
      headerAt + TocHead.offsets.headerSize,
    );
  }
  const entriesAt = headerAt + TocHead.size;
  const end = entriesAt + entryCount * TocEntry.size;
  if (entryCount === 0 || entryCount > MAX_ENTRIES || end > tailAt) {
    const reason = plural(
      entryCount,
      text`its table claims ${entryCount} entry`,
      text`its table claims ${entryCount} entries`,
    );
    return fault(reason, headerAt + TocHead.offsets.entryCount);
  }
  if (builtin.zlib.crc32(bytes.subarray(headerAt, end)) !== checksum) {
    return fault(text`the checksum of its table is wrong`, tailAt, "checksum");
  }
  const inside = bytes.subarray(packageAddress - base, headerAt);
  return {
    ...{ packageAddress, packageSize, headerAddress, version },
    ...(version >= 2 && head.part && { part: head.part }),
    entries: array(TocEntry, entryCount).read(bytes, entriesAt)
      .map((entry) => atocEntry(entry, inside, packageAddress)),
  };
}

/**
 * As readAtoc.
 *
 * @throws UnbrickError `bad-image` with the offset in the file.
 */
export function parseAtoc(bytes: Uint8Array, file: string): Atoc {
  const table = readAtoc(bytes);
  if ("reason" in table) throw badImage(file, table.reason, { offset: table.offset });
  return table;
}

/** @param inside the table's package up to its header, which starts at `packageAddress`. */
function atocEntry(
  { address: objectAddress, flags, name, length, type, version }: TocEntry,
  inside: Uint8Array,
  packageAddress: number,
): AtocEntry {
  const chain = chainAt(inside, objectAddress - packageAddress);
  const object = chain && objectIn(inside, packageAddress, chain);
  return {
    ...{ name, objectAddress, length, type, version },
    flags: flags & ~0xF,
    cpu: flags & 0xF,
    ...(chain && { chain }),
    ...(object && { object }),
  };
}

function objectIn(
  inside: Uint8Array,
  packageAddress: number,
  { content: { storeAddress, imageSize } }: Chain,
): Uint8Array | undefined {
  const at = storeAddress - packageAddress;
  if (at < 0 || at >= inside.length) return undefined;
  return inside.subarray(at, at + imageSize);
}

/** Returns `boot, deferred`, …; empty for no flag. */
export function flagNames(flags: number): string {
  return Object.entries(EntryFlag).filter(([, bit]) => flags & bit)
    .map(([name]) => name.toLowerCase()).join(", ");
}
