/** What the DFU clients offer to board families: shared types of dfuse_client.ts and partition_client.ts. */

/** Progress of one call. `done` never goes back and ends at `total`, whatever the phases cost. */
export interface DfuProgress {
  /** What is happening now; for text only. */
  readonly phase: "compare" | "erase" | "write" | "read" | "verify";
  /** Bytes of the range, weighted over the phases. */
  readonly done: number;
  readonly total: number;
  /** The address being read, erased or written; an offset for a partition. */
  readonly address: number;
}

/**
 * Options of every operation. The signal is checked between blocks: those under way, up to four, are
 * finished, the device is brought to dfuIDLE, then `cancelled` is thrown.
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
   * Write the first 32 bytes (of an unknown chip the first block), with the vectors that start a
   * program, only after everything else has been read back, and rewrite their sector whenever any other
   * sector changes: so an interrupted or damaged write never starts. Default true.
   */
  readonly headLast?: boolean;
}

/** The result of a write. */
export interface DfuWriteReport {
  /** Sectors of the range. */
  readonly sectors: number;
  /** Sectors that already contained the wanted bytes. */
  readonly equalSectors: number;
  readonly erasedSectors: number;
  /** Bytes sent in data blocks (all-FF blocks are skipped). */
  readonly writtenBytes: number;
}

/**
 * Memory behind a DfuSe bootloader, with absolute addresses. Errors of every method: `protected`
 * (read protection), `device-status` (another DFU status), `protocol`, `stalled`, `timeout`,
 * `disconnected` (with `address` and `percent` in data), `cancelled`.
 */
export interface DfuSeMemory {
  /** Reads any range, across segments too. @throws `usage` outside the layout. */
  readRange(address: number, length: number, run: DfuRun): Promise<Uint8Array>;
  /**
   * Returns the address of the first byte that differs from `bytes`; undefined if all are equal.
   */
  compareRange(address: number, bytes: Uint8Array, run: DfuRun): Promise<number | undefined>;
  /** Checks a range. @throws `verify-failed` with `address`, `expected` and `found`. */
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
  /** Bytes, if known: limits reads and refuses images that are too long. */
  readonly size?: number;
}

/** Partitions behind a plain DFU 1.1 bootloader. Errors as DfuSeMemory. */
export interface PartitionMemory {
  /**
   * Selects the partition (SET_INTERFACE); every other method does so when needed. Resets the
   * device to dfuIDLE.
   */
  select(partition: DfuPartition): Promise<void>;
  /** Sends one UPLOAD; at the end, returns fewer bytes than requested. */
  uploadBlock(partition: DfuPartition, block: number, length: number): Promise<Uint8Array>;
  /**
   * Reads the first `length` bytes or the whole partition, without the end mark of 4 zero bytes.
   */
  read(partition: DfuPartition, length: number | undefined, run: DfuRun): Promise<Uint8Array>;
  /** Writes from block 0 on, then tells the device that it is complete (manifest). */
  write(partition: DfuPartition, bytes: Uint8Array, run: DfuPartitionWriteRun): Promise<void>;
  /** @throws `verify-failed` with `offset`, `expected` and `found`. */
  verify(partition: DfuPartition, bytes: Uint8Array, run: DfuRun): Promise<void>;
  /** Sends DFU_DETACH; the device is expected to leave the bus. */
  detach(timeoutMs: number): Promise<void>;
}

/** Options of a write into a partition. */
export interface DfuPartitionWriteRun extends DfuRun {
  /** Longest time for one block, erase included. Default 10 000 ms (dfu-dfuse.md E2). */
  readonly blockDeadlineMs?: number;
}
