import { crc32 } from "node:zlib";
import { UnbrickError } from "../../../common/errors.ts";
import { ATOC_ENTRY_SIZE, ATOC_HEADER_SIZE, ATOC_MAGIC, ATOC_TAIL_SIZE } from "./atoc.ts";
import { contentCertificate, type LoadClaim, type Signer } from "./build_certificate.ts";
import { concat, padded, u32, wholeLines } from "./bytes.ts";
import { CONTENT_CERTIFICATE_SLOT } from "./certificate.ts";
import { SYSTEM_BASE, TOC_ADDRESS, TOC_SIZE } from "./memory_map.ts";
import { text } from "../../../common/text.ts";
import { byteCount } from "../../../common/format.ts";

/** One entry of a table of contents. */
export interface TocItem {
  /** At most 8 characters. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where it is in MRAM; undefined: in the table's own package. */
  readonly address?: number;
  readonly type: number;
  /** Flags and processor. */
  readonly flags: number;
  readonly version: number;
  /** Given for an image that is copied to memory. */
  readonly load?: LoadClaim;
  readonly isSigned?: boolean;
}

/** What makes the certificates of a table. */
export interface TocKeys {
  /** Signs the content certificates, of unsigned entries as well. */
  readonly signer: Signer;
  /** Two key certificates, 1680 bytes, for signed entries. */
  readonly keyCertificates?: Uint8Array;
}

/**
 * Returns a table with its certificates, as it is in front of the system area (alif-isp.md C.7): those
 * of images with an address, then the other ones each with its image, then header, entries and tail.
 *
 * @param part makes a table of version 2 that only this part takes.
 */
export function buildTocPackage(
  items: readonly TocItem[],
  { signer, keyCertificates = new Uint8Array() }: TocKeys,
  part?: string,
): Uint8Array {
  const keysOf = ({ isSigned }: TocItem) => isSigned ? keyCertificates : new Uint8Array();
  const isManaged = ({ address }: TocItem) => address === undefined;
  const ordered = [...items.filter((item) => !isManaged(item)), ...items.filter(isManaged)];
  const chainSize = (item: TocItem) => keysOf(item).length + CONTENT_CERTIFICATE_SLOT;
  const sizes = ordered.map((item) =>
    chainSize(item) + (isManaged(item) ? wholeLines(item.bytes).length : 0)
  );
  const bodySize = sizes.reduce((sum, size) => sum + size, 0);
  const tableSize = ATOC_HEADER_SIZE + ATOC_ENTRY_SIZE * items.length;
  const size = bodySize + tableSize + ATOC_TAIL_SIZE;
  const start = SYSTEM_BASE - size;

  const body: Uint8Array[] = [];
  const addresses = new Map<TocItem, number>();
  let address = start;
  ordered.forEach((item, index) => {
    addresses.set(item, address);
    const storeAddress = item.address ?? address + chainSize(item);
    body.push(keysOf(item), contentCertificate({ ...item, storeAddress }, signer));
    if (isManaged(item)) body.push(wholeLines(item.bytes));
    address += sizes[index];
  });
  const header = concat(
    padded(ATOC_MAGIC, 8),
    new Uint8Array(
      new Uint16Array([ATOC_HEADER_SIZE, items.length, ATOC_ENTRY_SIZE, part ? 2 : 1]).buffer,
    ),
    padded(part ?? "", 16),
  );
  const entries = items.map((item) => {
    const { name, bytes, type, flags, version } = item;
    return concat(
      u32(addresses.get(item)!, bytes.length, type, flags, version),
      padded(name, 8),
      u32(0),
    );
  });
  const table = concat(header, ...entries);
  return concat(...body, table, u32(crc32(table), start + bodySize, start, size));
}

/**
 * Returns firmware_pad.toc: zeros, then the package.
 *
 * @throws UnbrickError `usage` if the package is too long.
 */
export function padToc(packageBytes: Uint8Array): Uint8Array {
  if (packageBytes.length > TOC_SIZE) {
    throw new UnbrickError(
      "usage",
      text`The table of contents has ${
        byteCount(packageBytes.length)
      }, and there is room for ${TOC_SIZE}
        from 0x${TOC_ADDRESS.toString(16)} on.`,
      { bytes: packageBytes.length, limit: TOC_SIZE },
    );
  }
  return concat(new Uint8Array(TOC_SIZE - packageBytes.length), packageBytes);
}
