import { crc32 } from "node:zlib";
import { badImage } from "../../../image/bad_image.ts";
import { isZero, textOf, viewOf } from "./bytes.ts";
import {
  CONTENT_CERTIFICATE_SLOT,
  type ContentCertificate,
  contentCertificateAt,
  MANAGED,
} from "./certificate.ts";
import { SYSTEM_BASE } from "./memory_map.ts";

/**
 * The application's table of contents (ATOC), as it stands at the end of the application area
 * (alif-isp.md C.7): certificates and configuration, header, entries, and a tail of 16 bytes by which
 * the enclave finds the rest.
 */

export const ATOC_MAGIC = "OEMTOC01";
export const ATOC_HEADER_SIZE = 32;
export const ATOC_ENTRY_SIZE = 32;
export const ATOC_TAIL_SIZE = 16;
/** More entries than this cannot be meant. */
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

export interface AtocEntry {
  readonly name: string;
  /** Address of its certificate. */
  readonly objectAddress: number;
  /** Bytes of the image or configuration, unpadded. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  /** 15 means none. */
  readonly cpu: number;
  readonly version: number;
  /** Undefined if none stands where the entry points. */
  readonly certificate?: ContentCertificate;
  /** What the certificate vouches for, if it stands in the package itself: behind the certificate. */
  readonly object?: Uint8Array;
}

export interface Atoc {
  /** Where the package of certificates, header and entries starts; it ends at SYSTEM_BASE. */
  readonly packageAddress: number;
  readonly packageSize: number;
  /** 1, or 2 with a part number. */
  readonly version: number;
  /** The part it was made for; undefined in version 1 or if left empty. */
  readonly part?: string;
  readonly entries: readonly AtocEntry[];
}

/**
 * Reads a table from bytes that end at the start of the system area: a whole firmware_pad.toc, a bare
 * firmware.toc, or the end of the application area read back from a device.
 *
 * @throws UnbrickError `bad-image` with the offset in the file.
 */
export function parseAtoc(bytes: Uint8Array, file: string): Atoc {
  const base = SYSTEM_BASE - bytes.length;
  const at = (address: number) => address - base;
  const tailAt = bytes.length - ATOC_TAIL_SIZE;
  if (tailAt < ATOC_HEADER_SIZE) {
    throw badImage(file, "it is too short for a table of contents", { offset: bytes.length });
  }
  if (isZero(bytes.subarray(tailAt))) {
    throw badImage(file, "it has no table of contents: its last 16 bytes are zero", {
      offset: tailAt,
    });
  }
  const view = viewOf(bytes);
  const [crc, headerAddress, packageAddress, packageSize] = [0, 4, 8, 12]
    .map((offset) => view.getUint32(tailAt + offset, true));
  if (packageAddress + packageSize !== SYSTEM_BASE || at(packageAddress) < 0) {
    throw badImage(file, "its table does not end where the system area begins", {
      offset: tailAt + 8,
    });
  }
  const headerAt = at(headerAddress);
  if (
    headerAddress % 16 !== 0 || headerAddress < packageAddress ||
    headerAt > tailAt - ATOC_HEADER_SIZE
  ) {
    throw badImage(file, "the address of its table's header is outside of the table", {
      offset: tailAt + 4,
    });
  }
  if (textOf(bytes.subarray(headerAt, headerAt + 8)) !== ATOC_MAGIC) {
    throw badImage(file, `its table does not begin with ${ATOC_MAGIC}`, { offset: headerAt });
  }
  const [headerSize, count, entrySize, version] = [8, 10, 12, 14]
    .map((offset) => view.getUint16(headerAt + offset, true));
  if (headerSize !== ATOC_HEADER_SIZE || entrySize !== ATOC_ENTRY_SIZE) {
    throw badImage(file, "its table has a header or entries of another size", {
      offset: headerAt + 8,
    });
  }
  const end = headerAt + headerSize + count * entrySize;
  if (count === 0 || count > MAX_ENTRIES || end > tailAt) {
    throw badImage(file, `its table claims ${count} entries`, { offset: headerAt + 10 });
  }
  if (crc32(bytes.subarray(headerAt, end)) !== crc) {
    throw badImage(file, "the checksum of its table is wrong", { offset: tailAt });
  }
  const part = version >= 2 ? textOf(bytes.subarray(headerAt + 16, headerAt + 32)) : "";
  return {
    packageAddress,
    packageSize,
    version,
    ...(part && { part }),
    entries: Array.from({ length: count }, (_, index) => {
      const offset = headerAt + headerSize + index * entrySize;
      return parseEntry(bytes.subarray(offset, offset + entrySize), bytes, base);
    }),
  };
}

function parseEntry(entry: Uint8Array, bytes: Uint8Array, base: number): AtocEntry {
  const view = viewOf(entry);
  const flags = view.getUint32(12, true);
  const objectAddress = view.getUint32(0, true);
  const certificateAt = objectAddress - base;
  const certificate = contentCertificateAt(bytes, certificateAt);
  const isManaged = certificate?.storeAddress === MANAGED;
  const objectAt = certificateAt + CONTENT_CERTIFICATE_SLOT;
  return {
    name: textOf(entry.subarray(20, 28)),
    objectAddress,
    length: view.getUint32(4, true),
    type: view.getUint32(8, true),
    flags: flags & ~0xF,
    cpu: flags & 0xF,
    version: view.getUint32(16, true),
    ...(certificate && { certificate }),
    ...(isManaged && { object: bytes.subarray(objectAt, objectAt + certificate.imageSize) }),
  };
}

/** `boot`, `deferred`, …; empty for none. */
export function flagNames(flags: number): string {
  return Object.entries(EntryFlag).filter(([, bit]) => flags & bit)
    .map(([name]) => name.toLowerCase()).join(", ");
}
