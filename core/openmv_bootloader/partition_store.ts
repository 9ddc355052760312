import { DfuStatus } from "../dfu/request.ts";
import type { FlashMemory } from "../flash/flash_memory.ts";
import { BLOCK_SIZE } from "./identity.ts";
import type { Partition } from "./partition.ts";

/** Bytes that stand for "end of the partition" in an UPLOAD (openmv-boards.md 5.7). */
const END_MARK = 4;
/** Flash words up to this size belong to a chip's own flash, whose tail is filled with zeros (5.5). */
const LARGEST_FLASH_WORD = 32;

export interface PartitionStoreOptions {
  readonly partitions: readonly Partition[];
  readonly memories: ReadonlyMap<string, FlashMemory>;
}

/** Work for the chip: its time, and the doing; `part` < 1 when power was lost. Gives bStatus. */
export interface Write {
  readonly ms: number;
  apply(part: number): number;
}

/** What the bootloader model does with its memories: addresses, erase rule, limits. */
export class PartitionStore {
  readonly #options: PartitionStoreOptions;
  /** Partition of a memory without erase (MRAM) whose block 0 opened it for writing. */
  #opened: number | undefined;
  readonly #buffer: Uint8Array = new Uint8Array(BLOCK_SIZE);
  /** The bootloader crashed: nothing answers any more. */
  faulted = false;

  constructor(options: PartitionStoreOptions) {
    this.#options = options;
  }

  /** Up to `length` bytes of a block; 4 zero bytes past the end; undefined if it cannot be read. */
  read(index: number, block: number, length: number): Uint8Array | undefined {
    const { start, end, memory } = this.#partition(index);
    const address = start + block * BLOCK_SIZE;
    if (address + length > end) return new Uint8Array(Math.min(length, END_MARK));
    return this.#options.memories.get(memory)?.read(address, length);
  }

  /** What writing a block takes: an erase at the start of a sector, then programming. */
  prepareWrite(index: number, block: number, data: Uint8Array): Write {
    const { start, end, memory: name, writable } = this.#partition(index);
    const address = start + block * BLOCK_SIZE;
    const memory = this.#options.memories.get(name);
    if (!writable || !memory) return fails(DfuStatus.errWRITE);
    if (address + data.length > end) return fails(DfuStatus.errADDRESS);
    const sector = memory.sectorAt(address);
    if (sector.writeProtected) return fails(DfuStatus.errWRITE);
    if (memory.rule === "overwrite" && !this.#isOpen(index, block)) {
      this.faulted = true;
      return fails(DfuStatus.errWRITE);
    }
    const erases = memory.rule !== "overwrite" && sector.address === address;
    const eraseMs = erases ? sector.eraseMs : 0;
    const bytes = this.#withTail(memory, data);
    const programMs = Math.ceil(bytes.length / memory.unit) * memory.unitMs;
    const ms = eraseMs + programMs;
    return {
      ms,
      apply(part) {
        const at = part * ms;
        if (erases) memory.erase(address, 1, at < eraseMs ? at / eraseMs : 1);
        if (at < eraseMs) return DfuStatus.errWRITE;
        const share = programMs > 0 ? (at - eraseMs) / programMs : part;
        const { outcome } = memory.program(address, bytes, share);
        return outcome === "done" ? DfuStatus.OK : DfuStatus.errWRITE;
      },
    };
  }

  /** The manifest: partitions without erase are closed again. */
  complete(): void {
    this.#opened = undefined;
  }

  /** MRAM is opened for writing by block 0 and closed by the manifest (openmv-boards.md 5.5). */
  #isOpen(index: number, block: number): boolean {
    if (block === 0) this.#opened = index;
    return this.#opened === index;
  }

  /** A last block is filled up to a whole flash word: zeros in flash, old buffer bytes in MRAM. */
  #withTail(memory: FlashMemory, data: Uint8Array): Uint8Array {
    const size = memory.unit > LARGEST_FLASH_WORD
      ? data.length
      : Math.ceil(data.length / memory.unit) * memory.unit;
    if (memory.rule !== "overwrite") this.#buffer.fill(0);
    this.#buffer.set(data);
    return this.#buffer.slice(0, size);
  }

  #partition(index: number): Partition {
    return this.#options.partitions[index];
  }
}

function fails(status: number): Write {
  return { ms: 0, apply: () => status };
}
