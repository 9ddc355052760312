import type { FlashMemory } from "../../../common/flash_memory.ts";
import { type AtocEntry, EntryFlag, EntryType, parseAtoc } from "../packets/atoc.ts";
import { SeromError, SesError } from "../packets/boot_error.ts";
import { isEqual, isZero, sha256Bytes, viewOf } from "../packets/bytes.ts";
import { CHAIN_SIZE, chainAt, isSignatureValid } from "../packets/certificate.ts";
import {
  MRAM_BASE,
  MRAM_SIZE,
  POINTER_ADDRESS,
  SYSTEM_BASE,
  TOC_ADDRESS,
  TOC_SIZE,
} from "../packets/memory_map.ts";
import { sampleVersion } from "../sample/package.ts";
import { MAX_PACKAGE_SIZE, parseStocTable, type StocTable } from "../packets/system_package.ts";

/** What a simulated chip finds in its MRAM at power-on (alif-isp.md C.6, C.7, D, F.2). */

export interface ChipIdentity {
  readonly part: string;
  /** 16 bytes. */
  readonly hbk0: Uint8Array;
  readonly lifeCycle: number;
}

/** The firmware of the enclave that starts, or why none does. */
export type SystemBoot =
  | {
    readonly table: StocTable;
    /** The copy that runs. */
    readonly bank: number;
    /** u32, as in the table; the running copy's own, which after a cut may be another. */
    readonly version: number;
  }
  | { readonly seromError: number };

/** The ROM: pointer, table, then the first copy whose certificates and hash are right. */
export function bootSystem(mram: FlashMemory, chip: ChipIdentity): SystemBoot {
  const pointer = viewOf(mram.read(POINTER_ADDRESS, 16)).getUint32(12, true);
  if (pointer !== SYSTEM_BASE - MRAM_BASE) return { seromError: SeromError.TOC_OFFSET };
  const table = parseStocTable(mram.read(SYSTEM_BASE, 160));
  if ("reason" in table) {
    const isMagic = table.offset === 0;
    return { seromError: isMagic ? SeromError.HEADER_MAGIC : SeromError.HEADER_CRC };
  }
  if (chip.part && table.part !== chip.part) return { seromError: SeromError.HEADER_MAGIC };
  const bank = table.entries.slice(0, 2).findIndex((entry) => isIntact(mram, entry, chip.hbk0));
  if (bank < 0) return { seromError: SeromError.BOTH_BANKS_INVALID };
  const program = mram.read(table.entries[bank].address + CHAIN_SIZE, 8);
  return { table, bank, version: sampleVersion(program) ?? table.version };
}

function isIntact(
  mram: FlashMemory,
  { address, length }: { readonly address: number; readonly length: number },
  hbk0: Uint8Array,
): boolean {
  if (address < SYSTEM_BASE || length > MAX_PACKAGE_SIZE) return false;
  if (address + CHAIN_SIZE + length > MRAM_BASE + MRAM_SIZE) return false;
  const chain = chainAt(mram.read(address, CHAIN_SIZE), 0);
  if (!chain || (!isZero(hbk0) && !isEqual(chain.root, hbk0))) return false;
  const image = mram.read(address + CHAIN_SIZE, length);
  return isEqual(chain.content.hash, sha256Bytes(image)) && chain.isValid;
}

/** How the application's table was taken. */
export type ApplicationBoot =
  /** Names of the entries that were started. */
  | { readonly started: readonly string[]; readonly entries: readonly AtocEntry[] }
  | { readonly sesError: number; readonly entries: readonly AtocEntry[] }
  /** No table: `stray` if the start of MRAM looked like a program and was run on the wrong core. */
  | { readonly noTable: true; readonly stray: boolean };

/** SES 1.109 and newer compare the part number of a version 2 table (alif-isp.md 0.8). */
const PART_CHECK_SINCE = 0x016D_0000;

/** SES: reads the table, checks every image that it starts; one bad image and none is started. */
export function bootApplication(
  mram: FlashMemory,
  chip: ChipIdentity,
  sesVersion: number,
): ApplicationBoot {
  const bytes = mram.read(TOC_ADDRESS, TOC_SIZE);
  const tail = bytes.subarray(-16);
  if (isZero(tail) || tail.every((byte) => byte === 0xFF)) {
    return { noTable: true, stray: looksLikeProgram(mram) };
  }
  let toc;
  try {
    toc = parseAtoc(bytes, "MRAM");
  } catch (error) {
    const isCrc = error instanceof Error && error.message.includes("checksum");
    return { sesError: isCrc ? SesError.TOC_CRC : SesError.TOC_INVALID, entries: [] };
  }
  const { entries } = toc;
  const checksPart = sesVersion >= PART_CHECK_SINCE;
  if (checksPart && toc.part !== undefined && toc.part !== chip.part) {
    return { sesError: SesError.DEVICE_MISMATCH, entries };
  }
  for (const entry of entries) {
    const sesError = entryError(mram, entry, chip);
    if (sesError !== undefined) return { sesError, entries };
  }
  return {
    started: entries.filter(isStarted).map(({ name }) => name),
    entries,
  };
}

/** Deferred images are not looked at before somebody asks for them. */
const isStarted = ({ type, flags }: AtocEntry) =>
  type === EntryType.IMAGE && (flags & EntryFlag.BOOT) !== 0 && (flags & EntryFlag.DEFERRED) === 0;

function entryError(mram: FlashMemory, entry: AtocEntry, chip: ChipIdentity): number | undefined {
  const { certificate, length, object } = entry;
  if (!certificate || !isSignatureValid(certificate)) return SesError.CHAIN;
  if (chip.lifeCycle === SECURED) return SesError.NOT_SIGNED;
  if (object && !isEqual(certificate.hash, sha256Bytes(object))) return SesError.IMAGE_VERIFY;
  if (!isStarted(entry)) return undefined;
  const { storeAddress, imageSize, hash } = certificate;
  if (!mram.contains(storeAddress, imageSize)) return SesError.STORAGE_ADDRESS;
  const isRight = imageSize === length &&
    isEqual(hash, sha256Bytes(mram.read(storeAddress, length)));
  return isRight ? undefined : SesError.IMAGE_VERIFY;
}

const SECURED = 5;

/** Without a table SES starts what looks like a program, on the M55-HE (alif-isp.md D). */
function looksLikeProgram(mram: FlashMemory): boolean {
  const view = viewOf(mram.read(MRAM_BASE, 8));
  const stack = view.getUint32(0, true), start = view.getUint32(4, true);
  return stack !== 0 && stack !== 0xFFFF_FFFF && start % 2 === 1 && start >= MRAM_BASE &&
    start < SYSTEM_BASE;
}
