import { UnbrickError } from "../../../common/errors.ts";
import { byteCount, hex } from "../../../common/format.ts";
import { badImage } from "../../../image/bad_image.ts";
import { type Atoc, type AtocEntry, EntryFlag, EntryType, parseAtoc } from "./atoc.ts";
import { isEqual } from "../../../common/bytes.ts";
import { isZero, sha256Bytes } from "./bytes.ts";
import { BOOTLOADER_ADDRESS, TOC_ADDRESS, TOC_SIZE } from "./memory_map.ts";
import { text, type Words } from "../../../common/text.ts";
import { entryDefect } from "./toc_entry_check.ts";

/** Checks of firmware_pad.toc before a byte of it is sent (alif-isp.md C.7). */

/** Name of the entry that starts the DFU bootloader. */
export const BOOT_ENTRY = "HP_BOOT";
/** Processor that the bootloader is built for. */
const M55_HP = 2;

/** A file by name, for messages. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Returns the table inside a firmware_pad.toc.
 *
 * @throws UnbrickError `bad-image`: another size, no valid table, data before the table, an entry
 * whose certificate is not inside it.
 */
export function checkPaddedToc({ name, bytes }: NamedBytes): Atoc {
  if (bytes.length !== TOC_SIZE) {
    throw badImage(
      name,
      text`it has ${byteCount(bytes.length)}, but a padded table has ${TOC_SIZE}`,
      {
        offset: Math.min(bytes.length, TOC_SIZE),
      },
    );
  }
  const toc = parseAtoc(bytes, name);
  const packageAt = toc.packageAddress - TOC_ADDRESS;
  const stray = bytes.subarray(0, packageAt).findIndex((byte) => byte !== 0);
  if (stray >= 0) {
    throw badImage(name, text`there is other data before its table`, { offset: stray });
  }
  for (const entry of toc.entries) {
    if (entry.chain) continue;
    throw badImage(
      name,
      text`its entry ${entry.name} points to ${hex(entry.objectAddress)}, where there is no
        certificate`,
      { offset: packageAt },
      { entry: entry.name, address: entry.objectAddress },
    );
  }
  return toc;
}

/**
 * Like checkPaddedToc, and refuses damaged entries: the returned table may be written. The table's
 * checksum covers neither certificates nor configuration.
 *
 * @throws UnbrickError `bad-image`.
 */
export function checkSoundToc(file: NamedBytes): Atoc {
  const toc = checkPaddedToc(file);
  for (const entry of toc.entries) {
    const defect = entryDefect(entry, toc);
    if (defect) throw badImage(file.name, defect, { offset: entry.objectAddress - TOC_ADDRESS });
  }
  return toc;
}

/**
 * Returns why a table does not describe a bootloader, one sentence without a full stop; undefined
 * if it does.
 */
export function bootloaderMisfit(toc: Atoc, bootloader: Uint8Array): Words | undefined {
  const entry = bootEntry(toc);
  if (!entry?.chain) return text`it has no entry ${BOOT_ENTRY}`;
  const { content } = entry.chain;
  if (entry.type !== EntryType.IMAGE || entry.cpu !== M55_HP || !(entry.flags & EntryFlag.BOOT)) {
    return text`its entry ${BOOT_ENTRY} does not start an image on the M55-HP processor`;
  }
  if (content.storeAddress !== BOOTLOADER_ADDRESS) {
    return text`its entry ${BOOT_ENTRY} is at ${hex(content.storeAddress)}, but the bootloader is
      at ${hex(BOOTLOADER_ADDRESS)}`;
  }
  const { imageSize } = content;
  if (imageSize !== entry.length) return text`its entry ${BOOT_ENTRY} has two different lengths`;
  const isPadding = bootloader.length - imageSize < 16 && isZero(bootloader.subarray(imageSize));
  if (imageSize > bootloader.length || !isPadding) {
    return text`its ${BOOT_ENTRY} has ${byteCount(imageSize)}, but the bootloader has
      ${bootloader.length}`;
  }
  const hash = sha256Bytes(bootloader.subarray(0, imageSize));
  if (isEqual(hash, content.hash)) return undefined;
  return text`its ${BOOT_ENTRY} has the SHA-256 ${content.hash.toHex()}, but the bootloader has
    ${hash.toHex()}`;
}

/**
 * Refuses a table that does not describe this bootloader: the camera would not start.
 *
 * @throws UnbrickError `bad-image`.
 */
export function checkTocFits(toc: Atoc, file: string, bootloader: NamedBytes): void {
  const misfit = bootloaderMisfit(toc, bootloader.bytes);
  if (misfit === undefined) return;
  throw new UnbrickError(
    "bad-image",
    text`${file} does not describe ${bootloader.name}: ${misfit}.`,
    { file, bootloader: bootloader.name, reason: String(misfit) },
  );
}

/**
 * Refuses a table that was made for another part: newer enclave firmware skips it (alif-isp.md 0.8).
 *
 * @throws UnbrickError `wrong-board`.
 */
export function checkTocPart(toc: Atoc, file: string, part: string): void {
  if (toc.part === undefined || toc.part === part) return;
  throw new UnbrickError(
    "wrong-board",
    text`${file} is for the part ${toc.part}, but this camera has the ${part}.`,
    { file, tocPart: toc.part, part },
  );
}

export function bootEntry(toc: Atoc): AtocEntry | undefined {
  return toc.entries.find(({ name }) => name === BOOT_ENTRY);
}
