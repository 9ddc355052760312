import type { FlashMemory } from "../../core/common/flash_memory.ts";
import type { ModelPartition } from "../../core/protocols/dfu/model/partition_model.ts";
import { DfuStatus } from "../../core/protocols/dfu/packets/request.ts";
import { recoveryPartition, resetMemoryCommand } from "./boards.ts";
import type { Ae3Traps } from "./traps.ts";

/** Bytes of the key that the bootloader compares. */
const KEY_SIZE = 16;
/**
 * Times of a reset (four passes), of a refused test mode, and of a poll that never ends (inferred).
 */
const RESET_MS = 12_000, REFUSED_MS = 5, POLL_MS = 6_000;

/**
 * Models the memory beside the chip as the bootloader treats it: ordinary flash, or Everspin
 * memory, which may have lost its registers and then accepts no data until the key resets it
 * (openmv-runtime.md 6).
 */
export class MemoryChipModel {
  #isLost: boolean;

  constructor(private readonly memory: FlashMemory, private readonly kind: Ae3Traps["memoryChip"]) {
    this.#isLost = kind === "everspin-lost";
  }

  /** The special behaviour of partitions in one session of the bootloader, by name. */
  partitions(): ReadonlyMap<string, Partial<ModelPartition>> {
    let isReset = false;
    const write: ModelPartition["write"] = (_address, data) => {
      const isKey = resetMemoryCommand.bytes.subarray(0, KEY_SIZE)
        .every((byte, at) => byte === data[at]);
      if (isReset || !isKey || this.kind === "flash") {
        return { status: DfuStatus.errWRITE, busyMs: REFUSED_MS };
      }
      isReset = true;
      this.#isLost = false;
      this.memory.load(this.memory.base, new Uint8Array(this.memory.size).fill(0xFF));
      return { status: DfuStatus.OK, busyMs: RESET_MS };
    };
    const overwritten = { write: this.#overwrite.bind(this) };
    return new Map<string, Partial<ModelPartition>>([
      [recoveryPartition.name, { write, canRead: false }],
      ...(this.kind === "flash"
        ? []
        : ["RWFS", "ROMFS0"].map((name) => [name, overwritten] as const)),
    ]);
  }

  /** Everspin memory needs no erase. */
  #overwrite(address: number, data: Uint8Array) {
    if (this.#isLost) return { status: DfuStatus.errWRITE, busyMs: POLL_MS };
    this.memory.load(address, data);
    return { status: DfuStatus.OK, busyMs: 1 };
  }
}
