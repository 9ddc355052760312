/** What the DFU clients offer to board families: shared types of dfuse_client.ts and partition_client.ts. */

/** Progress of one call. `done` never goes back and ends at `total`, whatever the phases cost. */
export interface DfuProgress {
  /** For text only: what is being done now. */
  readonly phase: "compare" | "erase" | "write" | "read" | "verify";
  /** Bytes of the range, weighted over the phases. */
  readonly done: number;
  readonly total: number;
  /** Where the device is being read, erased or written; an offset for a partition. */
  readonly address: number;
}

/**
 * Options of every operation. The signal is honoured between transfers: the running block is finished,
 * the device is brought to dfuIDLE, then `cancelled` is thrown.
 */
export interface DfuRun {
  readonly signal: AbortSignal;
  onProgress?(progress: DfuProgress): void;
  /**
   * Receives all that the device sent of its memory, as it came, and the address of its first byte;
   * for a partition its offset.
   */
  onRead?(bytes: Uint8Array, address: number): void;
}

/** Options of a write through DfuSe. */
export interface DfuWriteRun extends DfuRun {
  /** Read each sector first; leave equal sectors alone and blank ones unerased. Default true. */
  readonly compareFirst?: boolean;
  /**
   * Write the block with the vector table after everything else, and rewrite its sector whenever any
   * other sector changes, so that an interrupted run never looks complete. Default true.
   */
  readonly firstBlockLast?: boolean;
}

/** What a write did. */
export interface DfuWriteReport {
  /** Sectors the range touches. */
  readonly sectors: number;
  /** Sectors that held the wanted bytes already. */
  readonly equalSectors: number;
  readonly erasedSectors: number;
  /** Bytes sent in data blocks (all-FF blocks are skipped). */
  readonly writtenBytes: number;
}

/**
 * Memory behind a DfuSe bootloader, addressed absolutely. Errors of every method: `protected` (read
 * protection), `device-status` (another DFU status), `protocol`, `stalled`, `timeout`, `disconnected`
 * (with `address` and `percent` in data), `cancelled`.
 */
export interface DfuSeMemory {
  /** Reads any range; several segments may be crossed. @throws `usage` outside the layout. */
  readRange(address: number, length: number, run: DfuRun): Promise<Uint8Array>;
  /** Address of the first byte that differs from `bytes`; undefined if all are equal. */
  compareRange(address: number, bytes: Uint8Array, run: DfuRun): Promise<number | undefined>;
  /** As compareRange. @throws `verify-failed` with `address`, `expected` and `found`. */
  verifyRange(address: number, bytes: Uint8Array, run: DfuRun): Promise<void>;
  /** Erases every sector of the range, by sector; never a mass erase. */
  eraseRange(address: number, length: number, run: DfuWriteRun): Promise<DfuWriteReport>;
  /** Erases and writes; does not read back (see verifyRange). */
  writeRange(address: number, bytes: Uint8Array, run: DfuWriteRun): Promise<DfuWriteReport>;
  /** Starts the program at `address`. The device leaving the bus is the expected end, not an error. */
  leave(address: number | undefined, signal: AbortSignal): Promise<void>;
}

/** One alternate setting of a plain DFU device that names its partitions. */
export interface DfuPartition {
  readonly alternate: number;
  readonly name: string;
  /** Bytes, if known; lets reads stop exactly and refuses images that are too long. */
  readonly size?: number;
}

/** Partitions behind a plain DFU 1.1 bootloader. Errors as DfuSeMemory. */
export interface PartitionMemory {
  /** SET_INTERFACE; every other method does it when needed. Resets the device to dfuIDLE. */
  select(partition: DfuPartition): Promise<void>;
  /** One UPLOAD; fewer bytes than asked at the end. */
  uploadBlock(partition: DfuPartition, block: number, length: number): Promise<Uint8Array>;
  /** The first `length` bytes, or the whole partition; an end mark of 4 zero bytes is cut off. */
  read(partition: DfuPartition, length: number | undefined, run: DfuRun): Promise<Uint8Array>;
  /** Writes from block 0 on, then tells the device that it is complete (manifest). */
  write(partition: DfuPartition, bytes: Uint8Array, run: DfuPartitionWriteRun): Promise<void>;
  /** @throws `verify-failed` with `offset`, `expected` and `found`. */
  verify(partition: DfuPartition, bytes: Uint8Array, run: DfuRun): Promise<void>;
  /** DFU_DETACH; a device that leaves the bus is the expected end. */
  detach(timeoutMs: number): Promise<void>;
}

/** Options of a write into a partition. */
export interface DfuPartitionWriteRun extends DfuRun {
  /** Longest time for one block, erase included. Default 10 000 ms (dfu-dfuse.md E2). */
  readonly blockDeadlineMs?: number;
}
