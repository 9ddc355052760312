import type { FlashMemory } from "../../../common/flash_memory.ts";
import { VectorTable } from "../../../common/vector_table.ts";
import {
  type Atoc,
  type AtocEntry,
  AtocTail,
  EntryFlag,
  EntryType,
  readAtoc,
} from "../packets/atoc.ts";
import { SesError } from "../packets/boot_error.ts";
import { isZero } from "../packets/bytes.ts";
import { isChainValid } from "../packets/certificate_chain.ts";
import { MRAM_BASE, SYSTEM_BASE, TOC_ADDRESS } from "../packets/memory_map.ts";
import { LifeCycle } from "../packets/replies.ts";
import type { ChipIdentity } from "./system_boot.ts";

/**
 * How the enclave firmware of a simulated chip handles the application's table (alif-isp.md C.7).
 */

/** What came of the table. */
export type ApplicationBoot =
  /** Names of the entries that were started. */
  | { readonly started: readonly string[]; readonly entries: readonly AtocEntry[] }
  | { readonly sesError: number; readonly entries: readonly AtocEntry[] }
  /**
   * No table; `stray`: the start of MRAM looked like a program and was started on the wrong core.
   */
  | { readonly noTable: true; readonly stray: boolean };

/** SES 1.109 and newer compare the part number of a version 2 table (alif-isp.md 0.8). */
const PART_CHECK_SINCE = 0x016D_0000;

/**
 * Reads the table and verifies every image that is not deferred; after one bad image, none is
 * started.
 */
export function bootApplication(
  mram: FlashMemory,
  chip: ChipIdentity,
  sesVersion: number,
): ApplicationBoot {
  const tail = mram.read(SYSTEM_BASE - AtocTail.size, AtocTail.size);
  if (isZero(tail) || tail.every((byte) => byte === 0xFF)) {
    return { noTable: true, stray: looksLikeProgram(mram) };
  }
  const toc = readAtoc(tableBytes(mram, tail));
  if ("reason" in toc) {
    const isChecksum = toc.kind === "checksum";
    return { sesError: isChecksum ? SesError.TOC_CRC : SesError.TOC_INVALID, entries: [] };
  }
  const { entries } = toc;
  const sesError = tableError(mram, chip, toc, sesVersion);
  if (sesError !== undefined) return { sesError, entries };
  return { started: entries.filter(isStarted).map(({ name }) => name), entries };
}

/**
 * Returns the package that the tail describes, or as many bytes as the vendor's padded table
 * contains.
 */
function tableBytes(mram: FlashMemory, tail: Uint8Array): Uint8Array {
  const { packageAddress } = AtocTail.decode(tail);
  const start = packageAddress >= MRAM_BASE ? Math.min(packageAddress, TOC_ADDRESS) : TOC_ADDRESS;
  return mram.read(start, SYSTEM_BASE - start);
}

function tableError(
  mram: FlashMemory,
  chip: ChipIdentity,
  { part, entries }: Atoc,
  sesVersion: number,
): number | undefined {
  if (sesVersion >= PART_CHECK_SINCE && part !== undefined && part !== chip.part) {
    return SesError.DEVICE_MISMATCH;
  }
  for (const entry of entries) {
    const sesError = isDeferred(entry) ? undefined : entryError(mram, entry, chip);
    if (sesError !== undefined) return sesError;
  }
}

/** Deferred images are not checked until they are requested. */
export const isDeferred = ({ flags }: AtocEntry): boolean => (flags & EntryFlag.DEFERRED) !== 0;

const isStarted = (entry: AtocEntry) =>
  entry.type === EntryType.IMAGE && (entry.flags & EntryFlag.BOOT) !== 0 && !isDeferred(entry);

/**
 * Without a customer's root key in the chip the signature of an unsigned entry is not checked
 * (alif-isp.md C.7, inferred); the hash always is.
 */
function entryError(
  mram: FlashMemory,
  { chain, length }: AtocEntry,
  { lifeCycle, codeKey }: ChipIdentity,
): number | undefined {
  if (!chain) return SesError.CHAIN;
  const { keys, content } = chain;
  if (keys.length > 0 && !isChainValid(chain)) return SesError.CHAIN;
  if (lifeCycle === LifeCycle.SE && keys.length === 0) return SesError.NOT_SIGNED;
  const { storeAddress, imageSize } = content;
  if (!mram.contains(storeAddress, imageSize)) return SesError.STORAGE_ADDRESS;
  if (imageSize !== length) return SesError.IMAGE_VERIFY;
  const isRight = codeKey.isRight(mram.read(storeAddress, imageSize), content);
  return isRight ? undefined : SesError.IMAGE_VERIFY;
}

/**
 * Returns true if SES, without a table, would start MRAM as a program on the M55-HE (alif-isp.md
 * D).
 */
function looksLikeProgram(mram: FlashMemory): boolean {
  const { initialStackPointer: stack, resetVector: start } = VectorTable.decode(
    mram.read(MRAM_BASE, VectorTable.size),
  );
  return stack !== 0 && stack !== 0xFFFF_FFFF && start % 2 === 1 && start >= MRAM_BASE &&
    start < SYSTEM_BASE;
}
