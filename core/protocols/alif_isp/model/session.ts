import type { FlashMemory } from "../../../common/flash_memory.ts";
import { Nak } from "../packets/error_code.ts";
import { MRAM_BASE, MRAM_LINE, MRAM_SIZE, SYSTEM_BASE } from "../packets/memory_map.ts";

/** An image in transfer. */
interface Burn {
  readonly address: number;
  readonly size: number;
  written: number;
  /** If set, the image must have this hash. */
  readonly hash?: Uint8Array;
}

/** Receives an image. Only whole lines go to memory; the remaining bytes are kept here. */
export class BurnSession {
  #burn: Burn | undefined;
  #rest: Uint8Array = new Uint8Array();

  constructor(
    private readonly mram: FlashMemory,
    private readonly losesLine?: (address: number) => boolean,
  ) {}

  /** @returns an error code, or undefined. */
  begin(address: number, size: number, hash: Uint8Array | undefined): number | undefined {
    this.end();
    if (address % MRAM_LINE !== 0) return Nak.MISALIGNED;
    const top = hash ? MRAM_BASE + MRAM_SIZE : SYSTEM_BASE;
    if (address < (hash ? SYSTEM_BASE : MRAM_BASE) || address >= top) {
      return Nak.BAD_DESTINATION_ADDR;
    }
    if (size === 0 || address + size > top) return Nak.MRAM_LENGTH_TOO_LARGE;
    this.#burn = { address, size, written: 0, ...(hash && { hash }) };
    return undefined;
  }

  add(bytes: Uint8Array): number | undefined {
    const burn = this.#burn;
    if (!burn) return Nak.UNEXPECTED_COMMAND;
    if (burn.written + this.#rest.length + bytes.length > burn.size) {
      return Nak.MRAM_LENGTH_TOO_LARGE;
    }
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const whole = all.length - all.length % MRAM_LINE;
    this.#write(burn, all.subarray(0, whole));
    this.#rest = all.slice(whole);
    return undefined;
  }

  /** @returns the image in memory, or an error code. */
  complete(): { image: Uint8Array; hash?: Uint8Array } | number {
    const burn = this.#burn;
    if (!burn) return Nak.UNEXPECTED_COMMAND;
    this.#write(burn, this.#rest);
    const { address, size, written, hash } = burn;
    this.end();
    if (written !== size) return Nak.BAD_PACKET_SIZE;
    return { image: this.mram.read(address, size), ...(hash && { hash }) };
  }

  end(): void {
    this.#burn = undefined;
    this.#rest = new Uint8Array();
  }

  #write(burn: Burn, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += MRAM_LINE) {
      const address = burn.address + burn.written + at;
      if (this.losesLine?.(address)) continue;
      this.mram.program(address, bytes.subarray(at, at + MRAM_LINE));
    }
    burn.written += bytes.length;
  }
}
