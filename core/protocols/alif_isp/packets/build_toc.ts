import { crc32 } from "node:zlib";
import { UnbrickError } from "../../../common/errors.ts";
import { ATOC_MAGIC } from "./atoc.ts";
import { contentCertificate, type Signer } from "./build_certificate.ts";
import { concat, padded, u32 } from "./bytes.ts";
import { MANAGED } from "./certificate.ts";
import { SYSTEM_BASE, TOC_ADDRESS, TOC_SIZE } from "./memory_map.ts";

/** One entry of a table of contents. */
export interface TocItem {
  /** At most 8 characters. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where it stands in MRAM; left out: inside the table's own package. */
  readonly address?: number;
  readonly type: number;
  /** Flags and processor. */
  readonly flags: number;
  readonly version: number;
}

/**
 * A table with its certificates, as it stands in front of the system area (alif-isp.md C.7): those of
 * images with an address, then the others each with its image, then header, entries and tail.
 *
 * @param part makes a table of version 2 that is bound to this part.
 */
export function buildTocPackage(
  items: readonly TocItem[],
  signer: Signer,
  part?: string,
): Uint8Array {
  const certified = items.map((item) => ({
    ...item,
    certificate: contentCertificate(item.bytes, item.address ?? MANAGED, signer),
  }));
  const fixed = certified.filter(({ address }) => address !== undefined);
  const managed = certified.filter(({ address }) => address === undefined);
  const body: Uint8Array[] = [];
  const offsets = new Map<TocItem, number>();
  let at = 0;
  const put = (...parts: Uint8Array[]) => {
    body.push(...parts);
    at += parts.reduce((sum, { length }) => sum + length, 0);
  };
  for (const item of [...fixed, ...managed]) {
    offsets.set(item, at);
    put(item.certificate, ...(item.address === undefined ? [wholeLines(item.bytes)] : []));
  }
  const size = at + 32 + 32 * items.length + 16;
  const start = SYSTEM_BASE - size;
  const header = concat(
    padded(ATOC_MAGIC, 8),
    new Uint8Array(new Uint16Array([32, items.length, 32, part ? 2 : 1]).buffer),
    padded(part ?? "", 16),
  );
  const entries = certified.map((item) => {
    const { name, bytes, type, flags, version } = item;
    return concat(
      u32(start + offsets.get(item)!, bytes.length, type, flags, version),
      padded(name, 8),
      u32(0),
    );
  });
  const table = concat(header, ...entries);
  return concat(...body, table, u32(crc32(table), start + at, start, size));
}

/** firmware_pad.toc: zeros, then the package. @throws UnbrickError `usage` if it is too long. */
export function padToc(packageBytes: Uint8Array): Uint8Array {
  if (packageBytes.length > TOC_SIZE) {
    throw new UnbrickError(
      "usage",
      `The table of contents has ${packageBytes.length} bytes, and there is room for ${TOC_SIZE} ` +
        `from 0x${TOC_ADDRESS.toString(16)} on.`,
      { bytes: packageBytes.length, limit: TOC_SIZE },
    );
  }
  return concat(new Uint8Array(TOC_SIZE - packageBytes.length), packageBytes);
}

/** Filled up with zeros to whole lines of MRAM. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array(-bytes.length & 15));
}
