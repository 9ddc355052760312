import { hex } from "../../../common/format.ts";
import { type Atoc, type AtocEntry, EntryFlag } from "./atoc.ts";
import { isEqual } from "../../../common/bytes.ts";
import { sha256Bytes } from "./bytes.ts";
import { isChainValid } from "./certificate_chain.ts";
import { MRAM_BASE, MRAM_LINE } from "./memory_map.ts";
import { text, type Words } from "../../../common/text.ts";

/**
 * Flags of a packed object: the hash in the certificate covers the plain image, which is not in the
 * table.
 */
const PACKED = EntryFlag.COMPRESSED | EntryFlag.ENCRYPTED;

/**
 * Returns why an entry of a table is damaged, one sentence without a full stop; undefined if it is
 * sound: every byte that a signature or hash covers is correct, and its addresses are possible. The
 * content of images outside the table is not checked: a normal flash replaces them and leaves the
 * table (alif-isp.md C.7).
 */
export function entryDefect(entry: AtocEntry, toc: Atoc): Words | undefined {
  const { name, chain, length, object, objectAddress, flags } = entry;
  if (!chain) return text`its entry ${name} has no certificate`;
  const { content: { storeAddress, imageSize, hash }, keys, size } = chain;
  if (!isChainValid(chain)) {
    return keys.length === 0
      ? text`the signature of its entry ${name} is wrong`
      : text`the certificates of its entry ${name} are damaged, or do not belong together`;
  }
  if (flags & PACKED) {
    return text`its entry ${name} is compressed or encrypted, so unbrick cannot check it`;
  }
  if (imageSize !== length) return text`its entry ${name} has two different lengths`;
  const room = roomBehind(objectAddress + size, toc);
  if (room === 0) {
    const end = storeAddress + imageSize;
    const isPossible = storeAddress >= MRAM_BASE && storeAddress % MRAM_LINE === 0 &&
      end <= toc.packageAddress;
    if (isPossible) return undefined;
    return text`its entry ${name} is at ${hex(storeAddress)} to ${hex(end)}, where no image can be`;
  }
  if (storeAddress !== objectAddress + size || room !== roundedUp(imageSize)) {
    return text`its entry ${name} is at ${hex(storeAddress)}, not after its certificates`;
  }
  const isRight = object?.length === imageSize && isEqual(sha256Bytes(object), hash);
  return isRight ? undefined : text`its entry ${name} does not match its certificate`;
}

/**
 * Returns the number of bytes from the end of an entry's certificates to the next certificates or
 * the header: the entry's own object, or none for an image outside the table.
 */
function roomBehind(end: number, { entries, headerAddress }: Atoc): number {
  const next = entries.map(({ objectAddress }) => objectAddress).filter((one) => one >= end);
  return Math.min(headerAddress, ...next) - end;
}

const roundedUp = (size: number) => Math.ceil(size / MRAM_LINE) * MRAM_LINE;
