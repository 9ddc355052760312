import { builtin } from "../../../common/builtin.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { ATOC_MAGIC, AtocTail } from "./atoc.ts";
import { contentCertificate, type LoadClaim, type Signer } from "./build_certificate.ts";
import { concat, wholeLines } from "./bytes.ts";
import { CONTENT_CERTIFICATE_SLOT } from "./certificate.ts";
import { SYSTEM_BASE, TOC_ADDRESS, TOC_SIZE } from "./memory_map.ts";
import { TocEntry, TocHead } from "./toc_table.ts";
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
  /** Set for an image that is copied to memory. */
  readonly load?: LoadClaim;
  readonly isSigned?: boolean;
}

/** The keys for the certificates of a table. */
export interface TocKeys {
  /** Signs the content certificates, including those of unsigned entries. */
  readonly signer: Signer;
  /** Two key certificates, 1680 bytes, for signed entries. */
  readonly keyCertificates?: Uint8Array;
}

/**
 * Returns a table with its certificates, as it is in front of the system area (alif-isp.md C.7):
 * first those of images with an address, then the others, each with its image, then header, entries
 * and tail.
 *
 * @param part makes a table of version 2 that only this part accepts.
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
  const tableSize = TocHead.size + TocEntry.size * items.length;
  const size = bodySize + tableSize + AtocTail.size;
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
  const head = TocHead.encode({
    magic: ATOC_MAGIC,
    headerSize: TocHead.size,
    entryCount: items.length,
    entrySize: TocEntry.size,
    version: part ? 2 : 1,
    part: part ?? "",
  });
  const entries = items.map((item) => {
    const { name, bytes: { length }, type, flags, version } = item;
    const address = addresses.get(item)!;
    return TocEntry.encode({ name, address, length, type, flags, version, extendedHeader: 0 });
  });
  const table = concat(head, ...entries);
  const tail = AtocTail.encode({
    checksum: builtin.zlib.crc32(table),
    headerAddress: start + bodySize,
    packageAddress: start,
    packageSize: size,
  });
  return concat(...body, table, tail);
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
