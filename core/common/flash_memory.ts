import { Buffer } from "node:buffer";
import { UnbrickError } from "./errors.ts";
import { hex } from "./format.ts";

/** Adjacent sectors of one size, in ascending order of address. */
export interface SectorRun {
  readonly count: number;
  /** Bytes of one sector. */
  readonly size: number;
  /** Milliseconds to erase one sector of this run; default 0. */
  readonly eraseMs?: number;
}

/**
 * How a memory accepts new data:
 * - `and`: programming only clears bits, any number of times (STM32F4/F7; NOR flash);
 * - `word-once`: a unit (flash word with ECC) can be programmed once after an erase; after that it
 *   accepts only the same data, all zeros or all FF, and anything else fails (STM32H7, 32 bytes);
 * - `blank-page`: a unit (page) must be blank before it is programmed, or the operation fails
 *   (strict NOR);
 * - `overwrite`: needs no erase (RAM, MRAM).
 */
export type ProgramRule = "and" | "word-once" | "blank-page" | "overwrite";

export interface FlashOptions {
  /** Address of the first byte. */
  readonly base: number;
  readonly sectors: readonly SectorRun[];
  /** Default `and`. */
  readonly rule?: ProgramRule;
  /** Bytes programmed in one operation: 4 on STM32F4/F7, 32 on H7, 256 on NOR. Default 4. */
  readonly unit?: number;
  /** Milliseconds to program one unit; default 0. */
  readonly unitMs?: number;
  /** The value of bytes that were never written; default 0xFF. */
  readonly untouched?: number;
}

/** One erasable sector. */
export interface Sector {
  readonly index: number;
  readonly address: number;
  /** Bytes. */
  readonly size: number;
  readonly eraseMs: number;
  /** If true, erasing and programming do nothing here. */
  writeProtected: boolean;
  /** Erases since the memory was created. */
  erases: number;
}

/**
 * The result of erasing or programming. `protected`: nothing changed, because the chip silently
 * ignores it.
 */
export interface FlashResult {
  readonly outcome: "done" | "protected" | "failed";
  /** How long the chip is busy, milliseconds; the caller still has to wait. */
  readonly busyMs: number;
  /** Address of the unit that failed. */
  readonly failedAt?: number;
}

/** The content of a memory at some moment, without chunks that were never written. */
export type FlashSnapshot = ReadonlyMap<number, Uint8Array>;

/** Size of a chunk in bytes; it is allocated at the first write. */
const CHUNK = 65_536;
/** Shared by all memories and never changed. */
const chunksOf = new Map<number, Uint8Array>();
const BLANK_CHUNK = chunkOf(0xff);

function chunkOf(byte: number): Uint8Array {
  let chunk = chunksOf.get(byte);
  if (!chunk) chunksOf.set(byte, chunk = new Uint8Array(CHUNK).fill(byte));
  return chunk;
}

/**
 * A flash array that behaves like a real one: sectors erase to 0xFF, programming follows a rule,
 * and times are returned but not waited for. Memory is allocated only for what was written, so that
 * 32 MiB cost nothing; snapshots share it until it changes. An address outside is an error of the
 * model that uses it: `bug`.
 */
export class FlashMemory {
  readonly base: number;
  /** Bytes. */
  readonly size: number;
  readonly rule: ProgramRule;
  readonly unit: number;
  readonly unitMs: number;
  readonly sectors: readonly Sector[];
  /** Sectors erased, units programmed, and operations that failed or were ignored. */
  readonly counters = { erases: 0, programs: 0, failures: 0, ignored: 0 };
  /** Sum of the busy times of everything that was done. */
  busyMs = 0;
  /**
   * Called before each erase and program operation: if it returns true, the operation takes its
   * time but changes nothing.
   */
  ignoresWrite: (() => boolean) | undefined;
  /** Chunks that were written, by number. */
  readonly #chunks = new Map<number, Uint8Array>();
  readonly #untouched: Uint8Array;
  /** Chunks that a snapshot also uses: copied before they change. */
  readonly #shared = new WeakSet<Uint8Array>();

  constructor(options: FlashOptions) {
    this.base = options.base;
    this.rule = options.rule ?? "and";
    this.unit = options.unit ?? 4;
    this.unitMs = options.unitMs ?? 0;
    this.#untouched = chunkOf(options.untouched ?? 0xff);
    const sectors: Sector[] = [];
    let address = options.base;
    for (const { count, size, eraseMs = 0 } of options.sectors) {
      for (let i = 0; i < count; i++, address += size) {
        const index = sectors.length;
        sectors.push({ index, address, size, eraseMs, writeProtected: false, erases: 0 });
      }
    }
    this.sectors = sectors;
    this.size = address - options.base;
  }

  /** Returns true if `length` bytes from `address` are inside. */
  contains(address: number, length = 1): boolean {
    return address >= this.base && address + length <= this.base + this.size;
  }

  /** Returns the sector that contains the byte at `address`. */
  sectorAt(address: number): Sector {
    this.#check(address, 1);
    let low = 0, high = this.sectors.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.sectors[middle].address <= address) low = middle;
      else high = middle - 1;
    }
    return this.sectors[low];
  }

  /** Returns all sectors that contain a byte of the range. */
  sectorsIn(address: number, length: number): readonly Sector[] {
    if (length === 0) return [];
    this.#check(address, length);
    return this.sectors.slice(
      this.sectorAt(address).index,
      this.sectorAt(address + length - 1).index + 1,
    );
  }

  /** Returns a copy of `length` bytes. */
  read(address: number, length: number): Uint8Array {
    this.#check(address, length);
    const bytes = new Uint8Array(length);
    this.#pieces(address, length, (number, from, to, at) => {
      bytes.set(this.#chunk(number).subarray(from, to), at);
    });
    return bytes;
  }

  isBlank(address: number, length: number): boolean {
    let isBlank = true;
    this.#pieces(address, length, (number, from, to) => {
      const chunk = this.#chunk(number);
      isBlank &&= chunk === BLANK_CHUNK || isAll(chunk, 0xff, from, to);
    });
    return isBlank;
  }

  /** Returns true if the memory contains these bytes at `address`. */
  holds(address: number, bytes: Uint8Array): boolean {
    this.#check(address, bytes.length);
    let isEqual = true;
    this.#pieces(address, bytes.length, (number, from, to, at) => {
      isEqual &&= equal(this.#chunk(number).subarray(from, to), bytes.subarray(at));
    });
    return isEqual;
  }

  /** Returns the current content, for `isAs`. */
  snapshot(): FlashSnapshot {
    for (const chunk of this.#chunks.values()) this.#shared.add(chunk);
    return new Map(this.#chunks);
  }

  /** Returns true if every byte is as it was in the snapshot. */
  isAs(before: FlashSnapshot): boolean {
    const numbers = new Set([...before.keys(), ...this.#chunks.keys()]);
    return [...numbers].every((number) => {
      const then = before.get(number) ?? this.#untouched, now = this.#chunk(number);
      return then === now || equal(then, now);
    });
  }

  /** Stores bytes as a factory does: without rule, time or counters. */
  load(address: number, data: Uint8Array): void {
    this.#check(address, data.length);
    this.#pieces(address, data.length, (number, from, to, at) => {
      this.#writable(number).set(data.subarray(at, at + to - from), from);
    });
  }

  /** Sets or clears the write protection of every sector that contains a byte of the range. */
  protect(address: number, length: number, on = true): void {
    for (const sector of this.sectorsIn(address, length)) sector.writeProtected = on;
  }

  /**
   * Erases every sector that contains a byte of the range (default: the one at `address`). `part` <
   * 1: power was lost, and only that fraction of each sector is blank.
   */
  erase(address: number, length = 1, part = 1): FlashResult {
    let busyMs = 0, outcome: FlashResult["outcome"] = "done";
    const isIgnored = this.ignoresWrite?.() ?? false;
    for (const sector of this.sectorsIn(address, length)) {
      if (sector.writeProtected) {
        this.counters.ignored++;
        outcome = "protected";
        continue;
      }
      if (!isIgnored) this.#blank(sector.address, Math.floor(sector.size * part));
      sector.erases++;
      this.counters.erases++;
      busyMs += sector.eraseMs * part;
    }
    this.busyMs += busyMs;
    return { outcome, busyMs };
  }

  /**
   * Programs bytes by the memory's rule. A range that does not start or end at a unit boundary is
   * padded with FF, which changes nothing in the flash but counts as programming the whole unit.
   * Stops at the first unit that fails. `part` < 1: power was lost, and only that fraction of the
   * units is programmed.
   */
  program(address: number, data: Uint8Array, part = 1): FlashResult {
    this.#check(address, data.length);
    const isIgnored = this.ignoresWrite?.() ?? false;
    const first = this.#unitStart(address);
    const units = Math.floor(Math.ceil((address + data.length - first) / this.unit) * part);
    // Only these rules check each unit; the others program a whole sector at once.
    const byUnit = this.rule === "word-once" || this.rule === "blank-page";
    let busyMs = 0, outcome: FlashResult["outcome"] = "done", failedAt: number | undefined;
    const end = Math.min(first + units * this.unit, address + data.length);
    for (let from = address; from < end;) {
      const sector = this.sectorAt(from);
      const unitStart = this.#unitStart(from);
      const to = Math.min(byUnit ? unitStart + this.unit : sector.address + sector.size, end);
      const count = Math.ceil((to - unitStart) / this.unit);
      if (sector.writeProtected) {
        this.counters.ignored++;
        outcome = "protected";
      } else {
        const merged = this.#merge(unitStart, from, data.subarray(from - address, to - address));
        if (!merged) {
          this.counters.failures++;
          outcome = "failed";
          failedAt = unitStart;
          break;
        }
        if (!isIgnored) this.load(from, merged);
        this.counters.programs += count;
        busyMs += this.unitMs * count;
      }
      from = to;
    }
    this.busyMs += busyMs;
    return { outcome, busyMs, ...(failedAt === undefined ? {} : { failedAt }) };
  }

  /**
   * Returns the bytes at `from` after programming `data` in the unit at `at`; undefined if it
   * fails.
   */
  #merge(at: number, from: number, data: Uint8Array): Uint8Array | undefined {
    if (this.rule === "overwrite") return data;
    const old = this.read(from, data.length);
    if (this.rule === "and") return both(old, data);
    if (this.isBlank(at, Math.min(this.unit, this.base + this.size - at))) return data;
    if (isAll(data, 0xff)) return old;
    if (this.rule === "blank-page") return undefined;
    const whole = data.length === this.unit;
    return whole && (equal(data, old) || isAll(data, 0)) ? both(old, data) : undefined;
  }

  #blank(address: number, length: number): void {
    this.#pieces(address, length, (number, from, to) => {
      if (to - from === CHUNK) this.#chunks.set(number, BLANK_CHUNK);
      else if (this.#chunk(number) !== BLANK_CHUNK) this.#writable(number).fill(0xff, from, to);
    });
  }

  #chunk(number: number): Uint8Array {
    return this.#chunks.get(number) ?? this.#untouched;
  }

  /** Returns the chunk as a copy that only this memory uses. */
  #writable(number: number): Uint8Array {
    const chunk = this.#chunks.get(number);
    if (chunk && chunk !== BLANK_CHUNK && !this.#shared.has(chunk)) return chunk;
    const own = (chunk ?? this.#untouched).slice();
    this.#chunks.set(number, own);
    return own;
  }

  /** Splits a range at chunk boundaries. */
  #pieces(
    address: number,
    length: number,
    visit: (number: number, from: number, to: number, at: number) => void,
  ): void {
    for (let at = 0; at < length;) {
      const offset = address - this.base + at;
      const from = offset % CHUNK;
      const to = Math.min(CHUNK, from + length - at);
      visit((offset - from) / CHUNK, from, to, at);
      at += to - from;
    }
  }

  #unitStart(address: number): number {
    return address - (address - this.base) % this.unit;
  }

  #check(address: number, length: number): void {
    if (this.contains(address, length)) return;
    throw new UnbrickError("bug", `The flash model has no ${length} bytes at ${hex(address)}.`, {
      address,
      length,
    });
  }
}

function isAll(bytes: Uint8Array, byte: number, from = 0, to = bytes.length): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== byte) return false;
  return true;
}

/** Returns the bits that are set in both. */
function both(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(b.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = a[at] & b[at];
  return bytes;
}

/** True if `bytes` begin with all of `piece`. */
function equal(piece: Uint8Array, bytes: Uint8Array): boolean {
  return Buffer.compare(piece, bytes.subarray(0, piece.length)) === 0;
}
