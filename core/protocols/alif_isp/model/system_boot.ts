import type { FlashMemory } from "../../../common/flash_memory.ts";
import { u32 } from "../../../common/struct.ts";
import { SeromError } from "../packets/boot_error.ts";
import { isEqual } from "../../../common/bytes.ts";
import { isZero } from "../packets/bytes.ts";
import type { ContentCertificate } from "../packets/certificate.ts";
import { CHAIN_SIZE, chainAt, isChainValid, rootOf } from "../packets/certificate_chain.ts";
import { MRAM_BASE, POINTER_ADDRESS, SYSTEM_BASE } from "../packets/memory_map.ts";
import { MAX_STOC_SIZE, readStoc, type StocEntry, type StocTable } from "../packets/stoc.ts";
import { sampleVersion } from "./sample/package.ts";
import type { CodeKey } from "./code_key.ts";

/** What the ROM of a simulated chip finds in the system area at power-on (alif-isp.md C.6, C.7). */

export interface ChipIdentity {
  readonly part: string;
  /** 16 bytes. */
  readonly hbk0: Uint8Array;
  readonly lifeCycle: number;
  readonly codeKey: CodeKey;
}

/** The firmware of the enclave that starts, or why none does. */
export type SystemBoot =
  | {
    readonly table: StocTable;
    /** The copy that runs. */
    readonly bank: number;
    /**
     * u32, as in the table; from the running copy itself, which may differ after an interrupted
     * write.
     */
    readonly version: number;
  }
  | { readonly seromError: number };

const tableErrors = {
  magic: SeromError.HEADER_MAGIC,
  checksum: SeromError.HEADER_CRC,
  layout: SeromError.HEADER_MAGIC,
} as const;

/**
 * Follows the pointer to the table, then starts the first copy with valid certificates and hash.
 */
export function bootSystem(mram: FlashMemory, chip: ChipIdentity): SystemBoot {
  const pointer = u32.read(mram.read(POINTER_ADDRESS, 16), 12);
  if (pointer !== SYSTEM_BASE - MRAM_BASE) return { seromError: SeromError.TOC_OFFSET };
  const table = readStoc(mram.read(SYSTEM_BASE, MAX_STOC_SIZE));
  if ("reason" in table) return { seromError: tableErrors[table.kind] };
  if (chip.part && table.part !== chip.part) return { seromError: SeromError.HEADER_MAGIC };
  for (const bank of [0, 1]) {
    const entry = table.entries[bank];
    const content = intactCopy(mram, entry, chip);
    if (!content) continue;
    const body = mram.read(content.storeAddress, content.imageSize);
    return { table, bank, version: sampleVersion(body, content) ?? entry.version };
  }
  return { seromError: SeromError.BOTH_BANKS_INVALID };
}

/**
 * Returns the certificate of a copy that the chip would start; undefined for a damaged copy or one
 * of another root.
 */
function intactCopy(
  mram: FlashMemory,
  { objectAddress, length }: StocEntry,
  { hbk0, codeKey }: ChipIdentity,
): ContentCertificate | undefined {
  if (!mram.contains(objectAddress, CHAIN_SIZE)) return undefined;
  const chain = chainAt(mram.read(objectAddress, CHAIN_SIZE), 0);
  const root = chain && rootOf(chain);
  if (!root || !(isZero(hbk0) || isEqual(root, hbk0))) return undefined;
  const { content } = chain;
  if (content.imageSize !== length || !mram.contains(content.storeAddress, length)) {
    return undefined;
  }
  const isRight = codeKey.isRight(mram.read(content.storeAddress, length), content);
  return isRight && isChainValid(chain) ? content : undefined;
}
