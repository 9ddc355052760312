import type { Clock } from "../../core/common/clock.ts";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import { BusyTime } from "../../core/protocols/mboot/model/busy_time.ts";
import { FlexspiNor } from "../../core/protocols/mboot/model/flexspi_nor.ts";
import { FuseArray } from "../../core/protocols/mboot/model/fuses.ts";
import type { LoaderMachine } from "../../core/protocols/mboot/model/loader_commands.ts";
import { RamMemory } from "../../core/protocols/mboot/model/loader_memory.ts";
import { flexspiConfigAt } from "../../core/protocols/mboot/packets/flexspi_config.ts";
import type { SdpMachine } from "../../core/protocols/sdp/model/sdp_model.ts";
import { bootDataOf, ivtAt } from "../../core/protocols/sdp/packets/ivt.ts";
import {
  FIRMWARE_IVT,
  FLASH_BASE,
  FLASH_SIZE,
  FLASHLOADER_LOAD,
  isFirmwareReset,
  LOADER_VERSION,
  PAGE,
  ram,
  regions,
  RESERVED_FLASHLOADER,
  RESERVED_SBL,
  SBL_SELF,
  SBL_START,
  SECTOR,
  VECTOR_SECTOR,
} from "./memory_map.ts";
import { isIntact } from "./samples.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { Word } from "../../core/protocols/sdp/packets/words.ts";

/** Times of the flash chip, milliseconds (imxrt-sdp-flashloader.md D3). */
export const ERASE_MS = 60, PAGE_MS = 0.55;
/** Shadow registers of the fuse words, 16 bytes apart, and the boot mode register (A9). */
const FUSE_SHADOWS = 0x401f_4400, SRC_SBMR2 = 0x400f_801c;
const BOOT_WORD = 6;
const SEC_CONFIG_1 = 1 << 1, BOOT_SOURCE = 1 << 4;
const FORCE_INTERNAL_BOOT = 1 << 16, SDP_DISABLE = 1 << 17;

/** The program that starts when the chip gets power or is reset. */
export type BootTarget = "rom" | "sbl" | "nothing";

/** Models RAM, flash and fuses of the simulated camera, and how its ROM uses them. */
export class ChipModel {
  readonly flash = new FlashMemory({
    base: FLASH_BASE,
    sectors: [{ count: FLASH_SIZE / SECTOR, size: SECTOR, eraseMs: ERASE_MS }],
    unit: PAGE,
    unitMs: PAGE_MS,
  });
  readonly fuses: FuseArray;
  readonly busy: BusyTime;
  readonly #ram = Object.values(ram).map(({ start, size }) => ({
    start,
    bytes: new Uint8Array(size),
  }));
  /** Shadow registers that were written, by index; power-on loads them from the fuses again. */
  readonly #shadows = new Map<number, number>();
  /** The boot mode pin as sampled at power-on. */
  #isSerialBoot = false;

  /** @param startsDamaged true: programs in flash run although they are damaged */
  constructor(
    clock: Clock,
    fuses: Readonly<Record<number, number>>,
    private readonly startsDamaged = false,
  ) {
    this.fuses = new FuseArray(fuses);
    this.busy = new BusyTime(clock);
  }

  get isClosed(): boolean {
    return (this.#bootWord & SEC_CONFIG_1) !== 0;
  }

  /** Powers the chip: RAM is lost, the jumper is sampled. */
  powerOn(jumper: boolean): void {
    for (const { bytes } of this.#ram) bytes.fill(0);
    this.#shadows.clear();
    this.#isSerialBoot = jumper;
  }

  /** Returns what the ROM starts after power-on or reset (C8, C9, D2). */
  bootTarget(): BootTarget {
    const word = this.#bootWord;
    const rom = word & SDP_DISABLE ? "nothing" : "rom";
    if (this.#isSerialBoot && !(word & FORCE_INTERNAL_BOOT)) return rom;
    if (!(word & BOOT_SOURCE)) return rom;
    const program = this.#bootableProgram();
    if (!program) return rom;
    return this.#starts(program) && this.#mayStartFirmware ? "sbl" : "nothing";
  }

  /** Returns whether the contents of the firmware region would run. */
  firmwareRuns(): boolean {
    const head = this.flash.read(regions.firmware.start, FIRMWARE_IVT + 64);
    const ivt = ivtAt(head, FIRMWARE_IVT);
    const boot = ivt && bootDataOf(head, FIRMWARE_IVT, ivt);
    if (!boot || boot.start !== regions.firmware.start || boot.length > regions.firmware.size) {
      return this.#mayStartFirmware; // a different layout: judged by its vectors
    }
    return this.#mayStartFirmware && this.#starts(this.flash.read(boot.start, boot.length));
  }

  #starts(program: Uint8Array): boolean {
    return this.startsDamaged || isIntact(program);
  }

  /** Returns whether the flashloader that was loaded would run. */
  flashloaderRuns(): boolean {
    const head = this.#readRam(FLASHLOADER_LOAD, 64);
    const ivt = head && ivtAt(head, 0);
    const boot = ivt && bootDataOf(head, 0, ivt);
    const program = boot && this.#readRam(FLASHLOADER_LOAD, boot.length);
    return program !== undefined && isIntact(program);
  }

  /** Returns the chip as the ROM sees it. */
  romMachine(actions: Pick<SdpMachine, "jump" | "crash">): SdpMachine {
    return {
      habMode: this.isClosed ? "closed" : "open",
      read: (address, length) => this.#readRam(address, length) ?? this.#register(address, length),
      write: (address, bytes) => {
        const region = this.#ramAt(address, bytes.length);
        region?.bytes.set(bytes, address - region.start);
        return region !== undefined || this.#writeShadow(address, bytes);
      },
      ...actions,
    };
  }

  /** Returns the chip as a loader sees it. */
  loaderMachine(
    role: "flashloader" | "sbl",
    actions: Pick<LoaderMachine, "reset" | "commandReceived" | "unreadable">,
  ): LoaderMachine {
    const nor = new FlexspiNor(this.flash, this.busy, { configured: role === "sbl" });
    const starts = this.#ram.map(({ start, bytes }) => [start, bytes.length]);
    const byIndex = (index: number) => starts[index] ?? starts[0];
    const reserved = role === "flashloader"
      ? [RESERVED_FLASHLOADER, 0x2001_734c, 0x2020_8000, 0x2021_63ff]
      : [RESERVED_SBL, 0x2000_8fff, 0x2020_8000, 0x2020_d1ff];
    return {
      role,
      memories: [...this.#ram.map(({ start, bytes }) => new RamMemory(start, bytes)), nor],
      flash: nor,
      fuses: this.fuses,
      properties: {
        1: () => [LOADER_VERSION],
        2: () => [0x11],
        7: () => [0x0005_6fdf],
        10: () => [1],
        11: () => [1012],
        12: () => reserved,
        14: (index) => [byIndex(index)[0]],
        15: (index) => [byIndex(index)[1]],
        16: () => [0],
        17: () => [this.isClosed ? 1 : 0],
        18: () => [this.fuses.read(1), this.fuses.read(2)],
        24: () => [0x5401_0000],
      },
      reserved: pairs(reserved),
      ...actions,
    };
  }

  /** What the firmware shows as its serial number: fuse words 1 and 2 as they stand in memory (inferred). */
  get serial(): string {
    const words = Uint32Array.of(this.fuses.read(1), this.fuses.read(2));
    return new Uint8Array(words.buffer).toHex().toUpperCase();
  }

  get #bootWord(): number {
    return this.fuses.read(BOOT_WORD);
  }

  /**
   * Returns true if the reset vector is valid; the SBL checks it before it opens its window (C9).
   */
  get #mayStartFirmware(): boolean {
    const { resetVector } = VectorTable.decode(this.flash.read(VECTOR_SECTOR, VectorTable.size));
    return isFirmwareReset(resetVector);
  }

  /** Returns the SBL as the ROM would copy it; undefined if FCB or IVT do not point to one. */
  #bootableProgram(): Uint8Array | undefined {
    const config = flexspiConfigAt(this.flash.read(FLASH_BASE, 512));
    if (!config?.canRead || config.flashSize !== FLASH_SIZE) return undefined;
    const { start, size } = regions.bootloader;
    const head = this.flash.read(start, 64);
    const ivt = ivtAt(head, 0);
    const boot = ivt && bootDataOf(head, 0, ivt);
    if (!ivt || !boot || ivt.self !== SBL_SELF || boot.start !== SBL_START) return undefined;
    const length = boot.length - SECTOR;
    if (length <= 0 || length > size || ivt.entry >= SBL_START + boot.length) return undefined;
    return this.flash.read(start, length);
  }

  #ramAt(address: number, length: number) {
    return this.#ram.find(({ start, bytes }) =>
      address >= start && address + length <= start + bytes.length
    );
  }

  #readRam(address: number, length: number): Uint8Array | undefined {
    const region = this.#ramAt(address, length);
    return region?.bytes.slice(address - region.start, address - region.start + length);
  }

  /** A shadow register takes a word, and no fuse is burnt (real-devices.md 5.1). */
  #writeShadow(address: number, bytes: Uint8Array): boolean {
    const index = shadowIndex(address);
    if (index === undefined || bytes.length !== 4) return false;
    this.#shadows.set(index, Word.decode(bytes).word);
    return true;
  }

  #register(address: number, length: number): Uint8Array | undefined {
    const word = this.#registerWord(address - address % 4);
    if (word === undefined || address % 4 + length > 4) return undefined;
    return Word.encode({ word }).subarray(address % 4, address % 4 + length);
  }

  #registerWord(address: number): number | undefined {
    if (address === SRC_SBMR2) {
      const word = this.#bootWord;
      const mode = this.#isSerialBoot ? 1 << 24 : 0;
      return (mode | word & BOOT_SOURCE | word & SEC_CONFIG_1) >>> 0;
    }
    const index = shadowIndex(address);
    return index === undefined ? undefined : this.#shadows.get(index) ?? this.fuses.read(index);
  }
}

/** The fuse word of a shadow register; undefined for any other address. */
function shadowIndex(address: number): number | undefined {
  const index = (address - FUSE_SHADOWS) / 0x10;
  return Number.isInteger(index) && index >= 0 && index < 64 ? index : undefined;
}

function pairs(numbers: readonly number[]): [number, number][] {
  return numbers.flatMap((from, at) =>
    at % 2 === 0 ? [[from, numbers[at + 1]] as [number, number]] : []
  );
}
