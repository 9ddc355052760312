import { Status } from "../packets/status.ts";

/**
 * The device side of one entry in the loader's memory table (imxrt-sdp-flashloader.md B8). The
 * model checks ranges before any call. Methods that take time reject with PowerLost.
 */
export interface LoaderMemory {
  readonly start: number;
  /** Bytes. */
  readonly size: number;
  /** A status other than 0 for every access, for example "not configured". */
  readonly access: number;
  read(address: number, length: number): Uint8Array;
  /** Starts a write-memory at `address`; returns a status. */
  begin(address: number): number;
  /** Writes the next bytes; returns a status. */
  write(bytes: Uint8Array, power: AbortSignal): Promise<number>;
  /** Ends the data phase; returns a status. */
  flush(power: AbortSignal): Promise<number>;
  /** Undefined if there is nothing to erase (RAM). */
  erase?(address: number, length: number, power: AbortSignal): Promise<number>;
}

/** RAM, whose content lives as long as the machine that owns `bytes` keeps it. */
export class RamMemory implements LoaderMemory {
  readonly access = Status.SUCCESS;
  #at = 0;

  constructor(readonly start: number, private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  read(address: number, length: number): Uint8Array {
    return this.bytes.slice(address - this.start, address - this.start + length);
  }

  begin(address: number): number {
    this.#at = address - this.start;
    return Status.SUCCESS;
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return Status.SUCCESS;
  }

  async flush(): Promise<number> {
    return Status.SUCCESS;
  }
}

/**
 * Returns the pattern word repeated over `length` bytes from `address`, rotated for unaligned
 * starts (B6).
 */
export function patternBytes(address: number, length: number, pattern: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, at) => (pattern >>> (8 * ((address + at) & 3))) & 0xff,
  );
}
