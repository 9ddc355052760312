import { crc32 } from "node:zlib";
import { badImage } from "../../../image/bad_image.ts";
import { isZero, textOf, viewOf } from "./bytes.ts";
import { type Chain, chainAt } from "./certificate_chain.ts";
import { SYSTEM_BASE } from "./memory_map.ts";
import { plural, text, type Words } from "../../../common/text.ts";

/**
 * The application's table of contents (ATOC) at the end of the application area (alif-isp.md C.7):
 * certificates and configuration, header, entries, and a tail of 16 bytes by which the enclave finds
 * the rest.
 */

export const ATOC_MAGIC = "OEMTOC01";
export const ATOC_HEADER_SIZE = 32;
export const ATOC_ENTRY_SIZE = 32;
export const ATOC_TAIL_SIZE = 16;
/** No real table has more entries. Our choice. */
const MAX_ENTRIES = 32;

/** Bits of an entry's flags, beside the processor in the low four. */
export const EntryFlag = {
  COMPRESSED: 0x10,
  LOAD: 0x20,
  BOOT: 0x40,
  ENCRYPTED: 0x80,
  DEFERRED: 0x100,
} as const;

export const EntryType = { DEVICE_CONFIG: 3, IMAGE: 4 } as const;
/** Processor of an entry that is for none. */
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
  /** What the certificate vouches for, if that is in the table's own package. */
  readonly object?: Uint8Array;
}

export interface Atoc {
  /** Start of the package of certificates, header and entries; it ends at SYSTEM_BASE. */
  readonly packageAddress: number;
  readonly packageSize: number;
  readonly headerAddress: number;
  /** 1, or 2 with a part number. */
  readonly version: number;
  /** The part it was made for; undefined in version 1 or if left empty. */
  readonly part?: string;
  readonly entries: readonly AtocEntry[];
}

/** Why bytes do not end with a table. */
export interface AtocFault {
  readonly kind: "none" | "checksum" | "invalid";
  readonly reason: Words;
  readonly offset: number;
}

/**
 * Reads a table from bytes that end at the start of the system area: a whole firmware_pad.toc, a bare
 * firmware.toc, or the end of the application area read back from a device.
 */
export function readAtoc(bytes: Uint8Array): Atoc | AtocFault {
  const base = SYSTEM_BASE - bytes.length;
  const tailAt = bytes.length - ATOC_TAIL_SIZE;
  const fault = (reason: Words, offset: number, kind: AtocFault["kind"] = "invalid") => ({
    kind,
    reason,
    offset,
  });
  if (tailAt < ATOC_HEADER_SIZE) {
    return fault(text`it is too short for a table of contents`, bytes.length);
  }
  if (isZero(bytes.subarray(tailAt))) {
    return fault(text`it has no table of contents: its last 16 bytes are zero`, tailAt, "none");
  }
  const view = viewOf(bytes);
  const [crc, headerAddress, packageAddress, packageSize] = [0, 4, 8, 12]
    .map((offset) => view.getUint32(tailAt + offset, true));
  if (packageAddress + packageSize !== SYSTEM_BASE || packageAddress < base) {
    return fault(text`its table does not end where the system area begins`, tailAt + 8);
  }
  const headerAt = headerAddress - base;
  if (
    headerAddress % 16 !== 0 || headerAddress < packageAddress ||
    headerAt > tailAt - ATOC_HEADER_SIZE
  ) {
    return fault(text`the address of its table's header is outside of the table`, tailAt + 4);
  }
  if (textOf(bytes.subarray(headerAt, headerAt + 8)) !== ATOC_MAGIC) {
    return fault(text`its table does not begin with ${ATOC_MAGIC}`, headerAt);
  }
  const [headerSize, count, entrySize, version] = [8, 10, 12, 14]
    .map((offset) => view.getUint16(headerAt + offset, true));
  if (headerSize !== ATOC_HEADER_SIZE || entrySize !== ATOC_ENTRY_SIZE) {
    return fault(text`its table has a header or entries of another size`, headerAt + 8);
  }
  const end = headerAt + headerSize + count * entrySize;
  if (count === 0 || count > MAX_ENTRIES || end > tailAt) {
    return fault(
      plural(count, text`its table claims ${count} entry`, text`its table claims ${count} entries`),
      headerAt + 10,
    );
  }
  if (crc32(bytes.subarray(headerAt, end)) !== crc) {
    return fault(text`the checksum of its table is wrong`, tailAt, "checksum");
  }
  const part = version >= 2 ? textOf(bytes.subarray(headerAt + 16, headerAt + 32)) : "";
  const inside = bytes.subarray(packageAddress - base, headerAt);
  return {
    packageAddress,
    packageSize,
    headerAddress,
    version,
    ...(part && { part }),
    entries: Array.from({ length: count }, (_, index) => {
      const offset = headerAt + headerSize + index * entrySize;
      return readEntry(bytes.subarray(offset, offset + entrySize), inside, packageAddress);
    }),
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
function readEntry(entry: Uint8Array, inside: Uint8Array, packageAddress: number): AtocEntry {
  const view = viewOf(entry);
  const flags = view.getUint32(12, true);
  const objectAddress = view.getUint32(0, true);
  const chain = chainAt(inside, objectAddress - packageAddress);
  const object = chain && objectIn(inside, packageAddress, chain);
  return {
    name: textOf(entry.subarray(20, 28)),
    objectAddress,
    length: view.getUint32(4, true),
    type: view.getUint32(8, true),
    flags: flags & ~0xF,
    cpu: flags & 0xF,
    version: view.getUint32(16, true),
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
