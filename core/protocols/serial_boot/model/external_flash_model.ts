import type { Clock } from "../../../common/clock.ts";
import type { FlashMemory } from "../../../common/flash_memory.ts";
import { hasFunction, LOADER_ADDRESS, LOADER_SIZE } from "../packets/external_loader.ts";
import { never } from "../../dfu/model/until.ts";

export interface ExternalFlashOptions {
  readonly clock: Clock;
  /** The NOR flash at 0x70000000. */
  readonly flash: FlashMemory;
  /** Returns true if a loaded driver works on this board; default: any with plausible pointers. */
  works?(driver: Uint8Array): boolean;
  /** The loader's Init fails, and nothing is written. */
  readonly initFails?: boolean;
  /** An erase never ends (the loader waits for it without a limit). */
  readonly eraseHangs?: boolean;
  /** Milliseconds that Init takes; default 20. */
  readonly initMs?: number;
}

/** Bytes of a block that OpenBootloader really verifies (stm32n6-serial-boot.md B.8). */
const VERIFIED = 512;

/**
 * How OpenBootloader uses the flash driver in SRAM (stm32n6-serial-boot.md B.7, B.8): Init with the
 * first block, an erase when a block begins in a sector above all earlier ones, program, verify by
 * half. Every failure is ignored.
 */
export class ExternalFlash {
  /** SRAM from 0x38000000, where the driver is loaded. */
  readonly #ram = new Uint8Array(LOADER_SIZE);
  #loaded = 0;
  #isReady = false;
  #canWrite = false;
  #lastSector = -1;

  constructor(private readonly options: ExternalFlashOptions) {}

  /** Accepts a block of phase 3. */
  load(address: number, bytes: Uint8Array): void {
    const at = address - LOADER_ADDRESS;
    if (at < 0 || at + bytes.length > LOADER_SIZE) return; // other memory, which this model does not use
    this.#ram.set(bytes, at);
    this.#loaded = Math.max(this.#loaded, at + bytes.length);
  }

  /**
   * Writes a block of phase 4 or 5. Takes as long as the chip; stops partway when `power` aborts.
   */
  async write(address: number, bytes: Uint8Array, power: AbortSignal): Promise<void> {
    const { clock, flash, eraseHangs } = this.options;
    const isFirst = !this.#isReady;
    if (isFirst) {
      this.#canWrite = await this.#init(power);
      this.#isReady = true;
    }
    if (!this.#canWrite || !flash.contains(address, bytes.length)) return;
    if (this.#has("SectorErase") && this.#sector(address) > this.#lastSector) {
      if (eraseHangs) return await never;
      this.#lastSector = this.#sector(address);
      const end = Math.min(address + bytes.length, flash.base + flash.size - 1);
      for (let sector = this.#lastSector; sector <= this.#sector(end); sector++) {
        const at = flash.sectors[sector].address;
        await during(
          clock,
          flash.sectors[sector].eraseMs,
          power,
          (part) => flash.erase(at, 1, part),
        );
      }
    }
    if (this.#has("Write")) {
      const units = Math.ceil(bytes.length / flash.unit);
      const ms = units * flash.unitMs;
      await during(clock, ms, power, (part) => flash.program(address, bytes, part));
    }
    const found = flash.read(address, Math.min(VERIFIED, bytes.length));
    if (isFirst && found.some((byte, at) => byte !== bytes[at])) this.#isReady = false;
  }

  async #init(power: AbortSignal): Promise<boolean> {
    const { clock, initFails, initMs = 20, works } = this.options;
    if (initFails || !this.#has("Init")) return false;
    if (works && !works(this.#ram.subarray(0, this.#loaded))) return false;
    await clock.sleep(initMs, power);
    return true;
  }

  #has(name: "Init" | "SectorErase" | "Write"): boolean {
    return hasFunction(this.#ram, name, this.#loaded);
  }

  #sector(address: number): number {
    return this.options.flash.sectorAt(address).index;
  }
}

/** Does work that takes time; if the power goes off before it is over, only part of it. */
async function during(
  clock: Clock,
  ms: number,
  power: AbortSignal,
  change: (part: number) => unknown,
): Promise<void> {
  const start = clock.now();
  try {
    await clock.sleep(ms, power);
  } catch (error) {
    change(ms > 0 ? (clock.now() - start) / ms : 0);
    throw error;
  }
  change(1);
}
