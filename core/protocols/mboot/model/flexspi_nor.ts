import type { FlashMemory } from "../../../common/flash_memory.ts";
import type { BusyTime, PowerLost } from "./busy_time.ts";
import { buildFlexspiConfig, FLEXSPI_CONFIG_TAG, FlexspiBlock } from "../packets/flexspi_config.ts";
import type { LoaderMemory } from "./loader_memory.ts";
import { Status } from "../packets/status.ts";
import { u32 } from "../../../common/struct.ts";

/** Mapped window of FlexSPI before the flash size is known (imxrt-sdp-flashloader.md B8). */
const WINDOW = 0x1000_0000;
const BLOCK = 0x1_0000;
const PROGRAM_CONFIG = 0xf000000f;

/**
 * The device side: serial NOR behind FlexSPI as this loader uses it (imxrt-sdp-flashloader.md B8).
 * It programs whole pages, refuses a page that is not blank, and reads back what it programmed.
 */
export class FlexspiNor implements LoaderMemory {
  /** The configuration block in RAM; undefined until the memory is configured. */
  #config: Uint8Array | undefined;
  #page = 0;
  #pending: number[] = [];

  constructor(
    readonly flash: FlashMemory,
    private readonly busy: BusyTime,
    options: { readonly configured?: boolean } = {},
  ) {
    if (options.configured) this.#config = this.#build(8);
  }

  get start(): number {
    return this.flash.base;
  }

  get size(): number {
    return this.#config ? this.flash.size : WINDOW;
  }

  get access(): number {
    return this.#config ? Status.SUCCESS : Status.MEMORY_NOT_CONFIGURED;
  }

  /** Property 25: mask and five words; undefined before configure-memory. */
  get attributes(): readonly number[] | undefined {
    if (!this.#config) return undefined;
    const sectorSize = this.flash.sectors[0].size;
    return [0x1f, this.start, this.flash.size / 1024, this.flash.unit, sectorSize, BLOCK];
  }

  /** Handles configure-memory with the 512 bytes of a block. */
  async configure(block: Uint8Array, power: AbortSignal): Promise<number> {
    const word = u32.read(block, 0);
    if (word >>> 28 === 0xc) {
      // This chip is a quad SDR one and answers the SFDP query on one pad (C4).
      if ((word >>> 16 & 0xff) !== 0) return Status.FLEXSPI_NOR_SFDP_NOT_FOUND;
      this.#config = this.#build(word & 0xf);
      return Status.SUCCESS;
    }
    if (word === FLEXSPI_CONFIG_TAG) {
      this.#config = block;
      return Status.SUCCESS;
    }
    if (word !== PROGRAM_CONFIG || !this.#config) return Status.INVALID_ARGUMENT;
    if (!this.flash.isBlank(this.start, FlexspiBlock.size)) {
      return Status.MEMORY_CUMULATIVE_WRITE;
    }
    this.begin(this.start);
    return await this.write(this.#config, power);
  }

  read(address: number, length: number): Uint8Array {
    return this.flash.read(address, length);
  }

  begin(address: number): number {
    this.#page = address;
    this.#pending = [];
    return (address - this.start) % this.flash.unit === 0
      ? Status.SUCCESS
      : Status.FLEXSPI_NOR_WRITE_ALIGNMENT;
  }

  async write(bytes: Uint8Array, power: AbortSignal): Promise<number> {
    this.#pending.push(...bytes);
    const whole = this.#pending.length - this.#pending.length % this.flash.unit;
    return await this.#program(Uint8Array.from(this.#pending.splice(0, whole)), power);
  }

  async flush(power: AbortSignal): Promise<number> {
    const rest = Uint8Array.from(this.#pending.splice(0));
    return rest.length > 0 ? await this.#program(rest, power) : Status.SUCCESS;
  }

  /** Rounds outwards to whole sectors, then checks that they are blank. */
  async erase(address: number, length: number, power: AbortSignal): Promise<number> {
    const sectors = this.flash.sectorsIn(address, length);
    for (const sector of sectors) {
      await this.#spend(sector.eraseMs, power, (part) => this.flash.erase(sector.address, 1, part));
    }
    const isBlank = sectors.every((one) => this.flash.isBlank(one.address, one.size));
    return isBlank ? Status.SUCCESS : Status.FLEXSPI_NOR_COMMAND_FAILURE;
  }

  /** Programs pages up to the first that is not blank: those before it stay programmed. */
  async #program(bytes: Uint8Array, power: AbortSignal): Promise<number> {
    const { flash } = this;
    const start = this.#page;
    let end = 0;
    while (end < bytes.length && flash.isBlank(start + end, flash.unit)) end += flash.unit;
    const isAllBlank = end >= bytes.length;
    const data = bytes.subarray(0, end);
    const busyMs = Math.ceil(data.length / flash.unit) * flash.unitMs;
    await this.#spend(busyMs, power, (part) => flash.program(start, data, part));
    this.#page += data.length;
    const stored = flash.read(start, data.length);
    if (stored.some((byte, at) => byte !== data[at])) return Status.FLEXSPI_NOR_COMMAND_FAILURE;
    return isAllBlank ? Status.SUCCESS : Status.MEMORY_CUMULATIVE_WRITE;
  }

  /** Applies a change when the time is over, or in part when the power goes off. */
  async #spend(ms: number, power: AbortSignal, change: (part: number) => void): Promise<void> {
    await this.busy.spend(ms, power).catch((lost: PowerLost) => {
      change(lost.part);
      throw lost;
    });
    change(1);
  }

  #build(clock: number): Uint8Array {
    const { size: flashSize, unit: pageSize, sectors } = this.flash;
    return buildFlexspiConfig(
      { flashSize, pageSize, sectorSize: sectors[0].size, blockSize: BLOCK },
      clock,
    );
  }
}
