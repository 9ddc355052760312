import { hex } from "../../../common/format.ts";
import { type Atoc, type AtocEntry, EntryFlag } from "./atoc.ts";
import { isEqual, sha256Bytes } from "./bytes.ts";
import { isChainValid } from "./certificate_chain.ts";
import { MRAM_BASE, MRAM_LINE } from "./memory_map.ts";

/** The hash in a certificate is that of the plain image, which is not in the table. */
const PACKED = EntryFlag.COMPRESSED | EntryFlag.ENCRYPTED;

/**
 * Returns why an entry of a table is damaged, one sentence without a full stop; undefined if it is
 * sound: each of its bytes that a signature or a hash covers is right, and its addresses are possible.
 * The content of images outside of the table is not looked at: a normal flash replaces them and leaves
 * the table (alif-isp.md C.7).
 */
export function entryDefect(entry: AtocEntry, toc: Atoc): string | undefined {
  const { name, chain, length, object, objectAddress, flags } = entry;
  if (!chain) return `its entry ${name} has no certificate`;
  const { content: { storeAddress, imageSize, hash }, keys, size } = chain;
  if (!isChainValid(chain)) {
    return keys.length === 0
      ? `the signature of its entry ${name} is wrong`
      : `the certificates of its entry ${name} are damaged, or do not vouch for one another`;
  }
  if (flags & PACKED) {
    return `its entry ${name} is compressed or encrypted, so nothing here can check it`;
  }
  if (imageSize !== length) return `its entry ${name} has two different lengths`;
  if (storeAddress >= toc.packageAddress) {
    if (storeAddress !== objectAddress + size) {
      return `its entry ${name} is at ${hex(storeAddress)}, and not behind its certificates`;
    }
    const isRight = object?.length === imageSize && isEqual(sha256Bytes(object), hash);
    return isRight ? undefined : `its entry ${name} is not what its certificate vouches for`;
  }
  const end = storeAddress + imageSize;
  if (storeAddress < MRAM_BASE || storeAddress % MRAM_LINE !== 0 || end > toc.packageAddress) {
    return `its entry ${name} is at ${hex(storeAddress)} to ${hex(end)}, where no image can be`;
  }
}
