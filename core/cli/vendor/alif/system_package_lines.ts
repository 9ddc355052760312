import {
  CHAIN_SIZE,
  chainAt,
  isChainValid,
} from "../../../protocols/alif_isp/packets/certificate_chain.ts";
import { isEqual } from "../../../common/bytes.ts";
import { sha256Bytes } from "../../../protocols/alif_isp/packets/bytes.ts";
import { MRAM_BASE } from "../../../protocols/alif_isp/packets/memory_map.ts";
import { versionText } from "../../../protocols/alif_isp/packets/replies.ts";
import type { StocEntry, StocTable } from "../../../protocols/alif_isp/packets/stoc.ts";
import { badImage } from "../../../image/bad_image.ts";
import type { NamedBytes } from "../../../protocols/alif_isp/packets/toc_check.ts";
import { chainLines, madeFor } from "./toc_lines.ts";

/** Describes a system package of Alif in words, for any part. */
export function systemPackageLines({ name, bytes }: NamedBytes, table: StocTable): string[] {
  const { part, version, entries } = table;
  return [
    `${name}: system package, version ${versionText(version)}, ${bytes.length} bytes`,
    madeFor(part),
    "",
    ...packageObjects(bytes, entries).flatMap(({ entry, chain, objectAddress }) => [
      `${entry.name}: version ${versionText(entry.version)}, ${entry.length} bytes`,
      ...chainLines({ ...(chain && { chain }), objectAddress }),
      "",
    ]),
  ];
}

/**
 * Returns the objects with their certificates. The start of the system area depends on the part.
 */
function packageObjects(bytes: Uint8Array, entries: readonly StocEntry[]) {
  const [{ tableAddress: first }] = entries;
  const store = chainAt(bytes, first)?.content.storeAddress ?? MRAM_BASE;
  const base = store - CHAIN_SIZE - first;
  return entries.map((entry) => {
    const offset = entry.tableAddress < MRAM_BASE ? entry.tableAddress : entry.tableAddress - base;
    return { entry, chain: chainAt(bytes, offset), objectAddress: base + offset };
  });
}

/** Checks a file against its `.sign` file. @throws UnbrickError `bad-image` */
export function checkSignFile({ name, bytes }: NamedBytes, sign: NamedBytes): void {
  const chain = sign.bytes.length === CHAIN_SIZE ? chainAt(sign.bytes, 0) : undefined;
  if (!chain || chain.keys.length === 0 || !isChainValid(chain)) {
    throw badImage(sign.name, "its certificates are damaged, or do not belong together");
  }
  const { hash, imageSize } = chain.content;
  if (imageSize === bytes.length && isEqual(hash, sha256Bytes(bytes))) return;
  throw badImage(name, `it is not the file that ${sign.name} was made for`);
}
