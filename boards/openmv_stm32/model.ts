import type { DfuSeModel } from "../../core/protocols/dfu/model/dfuse_model.ts";
import {
  type Stm32Chip,
  stm32Flash,
  stm32Rom,
} from "../../core/protocols/dfu/model/stm32_rom_model.ts";
import type { SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import {
  RunningFirmwareModel,
  simulatedVersion,
} from "../../core/openmv_bootloader/firmware_model.ts";
import { OpenMvBootloaderModel } from "../../core/openmv_bootloader/model.ts";
import {
  type Partition,
  partitionNamed,
  partitionSize,
} from "../../core/openmv_bootloader/partition.ts";
import { trapsOf } from "../../core/common/traps.ts";
import { PoweredCamera } from "../../core/transport/usb/powered_camera.ts";
import { serialOfUnit } from "../../core/transport/usb/unit_serial.ts";
import { runnableBootloader, runnableFirmware } from "./boot.ts";
import type { Stm32Board } from "./boards.ts";
import { FLASH_BASE, QSPI } from "./chips.ts";
import { fillMemories, knownPrograms } from "./condition.ts";
import { type Stm32Traps, stm32Traps } from "./traps.ts";
import { serialOfWords } from "../../core/protocols/dfu/packets/unique_id.ts";

/** Milliseconds from power or reset until a device appears on the bus (inferred). */
export const APPEARS_MS = 150;

/**
 * Simulates a camera: ROM, bootloader and firmware over one flash. BOOT0 is sampled at power-on;
 * what enumerates depends on what flash really contains (openmv-boards.md 2.1, 5.3).
 */
export class SimulatedStm32Camera extends PoweredCamera implements SimulatedBoard {
  readonly #options: SimulationOptions;
  readonly #traps: Stm32Traps;
  /** Memories by name: `flash`, inside the chip, and `qspi`, beside it. */
  override readonly memories: ReadonlyMap<string, FlashMemory>;
  readonly #known: readonly Uint8Array[];
  #isProtected: boolean;
  /** True if the firmware asked for the bootloader at the next start. */
  #isForced: boolean;
  #isOld: boolean;
  readonly #roms: DfuSeModel[] = [];

  constructor(readonly board: Stm32Board, options: SimulationOptions) {
    super(options);
    this.#options = options;
    const traps = trapsOf(stm32Traps, options.traps);
    this.#traps = { ...traps, uid: serialOfUnit(traps.uid, options.unit) };
    this.#isProtected = this.#traps.readProtection !== "";
    this.#isForced = this.#traps.forced;
    this.#isOld = this.#traps.oldBootloader;
    const flash = stm32Flash(chipOf(board));
    this.memories = new Map([["flash", flash], ["qspi", qspi(board)]]);
    this.#known = traps.startsDamaged ? [] : knownPrograms(board, options.images);
    fillMemories(board, this.memories, options, this.#traps);
    if (this.#traps.writeProtected) {
      flash.protect(FLASH_BASE, board.partitions[0].end - FLASH_BASE);
    }
  }

  /**
   * Things that must never happen to a camera, and did: mass erase, OTP or option bytes written.
   */
  get forbiddenOperations(): readonly string[] {
    return this.#roms.flatMap((rom) => rom.forbiddenOperations);
  }

  /** Returns a copy of the first bytes of a partition, by default of all of it. */
  partition(name: string, length?: number): Uint8Array {
    const partition = partitionNamed(this.board.partitions, name);
    const memory = this.memories.get(partition.memory)!;
    return memory.read(partition.start, length ?? partitionSize(partition));
  }

  get #flash(): FlashMemory {
    return this.memories.get("flash")!;
  }

  protected override start(): void {
    const isBlank = this.#flash.isBlank(FLASH_BASE, this.#flash.size);
    // A chip becomes unprotected only by erasing itself.
    if (isBlank && this.forbiddenOperations.includes("read unprotect")) this.#isProtected = false;
    if (this.hasJumper || isBlank) return this.later(APPEARS_MS, () => this.#showRom());
    const found = runnableBootloader(this.partition("BOOTLOADER"), this.board, this.#known);
    if (found) this.later(APPEARS_MS, () => this.#showBootloader(found.board, found.bcdDevice));
  }

  #showRom(): void {
    const { clock } = this.#options;
    const { freshError, readProtection, revision, uid, unreadable } = this.#traps;
    const region = this.board.partitions.find(({ name }) => name.toLowerCase() === unreadable);
    const rom: DfuSeModel = stm32Rom(chipOf(this.board), {
      clock,
      flash: this.#flash,
      uid: Uint8Array.fromHex(uid),
      revision,
      traps: {
        freshError,
        ...(region && { unreadable: { address: region.start, size: partitionSize(region) } }),
        ...(this.#isProtected && readProtection !== "" && { readProtection }),
      },
      hooks: {
        leave: () => this.reset(),
        reenumerate: () => this.reset(),
      },
    });
    this.#roms.push(rom);
    this.show(rom);
  }

  #showBootloader(owner: Stm32Board, bcdDevice: number): void {
    const isOld = this.#isOld && bcdDevice === 0x0200;
    const bootloader = new OpenMvBootloaderModel({
      clock: this.#options.clock,
      productId: owner.bootloaderProductId,
      bcdDevice,
      speed: "full",
      serial: bootloaderSerial(this.#traps.uid),
      partitions: isOld ? partitionsOf46(owner) : owner.partitions,
      memories: this.memories,
      forced: this.#isForced,
      unreadable: this.#traps.unreadable,
      leave: () => {
        this.show(undefined);
        this.later(APPEARS_MS, () => this.#showFirmware());
      },
    });
    this.#isForced = false;
    this.show(bootloader);
    bootloader.start();
  }

  #showFirmware(): void {
    const productId = runnableFirmware(this.partition("FIRMWARE"), this.board, this.#known);
    if (productId === undefined || this.#traps.sensorStopsFirmware) return;
    this.show(
      new RunningFirmwareModel({
        clock: this.#options.clock,
        protocol: this.#traps.protocol,
        firmware: {
          ...this.#traps,
          version: simulatedVersion(
            this.#options,
            this.#traps.protocol === "V1" ? "4.8.1" : "5.0.0",
          ),
          arch: this.board.architecture,
          id: bootloaderSerial(this.#traps.uid),
        },
        reset: (into) => {
          this.#isForced = into === "bootloader";
          this.reset();
        },
        productId,
        product: `${this.board.name} Virtual Comm Port`,
        // Byte order differs from the bootloader's serial (openmv-boards.md 1.2).
        serial: this.#traps.uid.toUpperCase(),
        speed: "full",
      }),
    );
  }
}

function chipOf(board: Stm32Board): Stm32Chip {
  return `STM32${board.processor.id}`;
}

/** Returns the flash beside the chip; a camera without one gets a flash that accepts nothing. */
function qspi(board: Stm32Board): FlashMemory {
  const memory = new FlashMemory({
    base: 0,
    sectors: [{
      count: QSPI.size / QSPI.sectorSize,
      size: QSPI.sectorSize,
      eraseMs: QSPI.eraseMs,
    }],
    unit: QSPI.pageSize,
    unitMs: QSPI.programMsPerByte * QSPI.pageSize,
  });
  if (!board.partitions.some((one) => one.memory === "qspi")) memory.protect(0, memory.size);
  return memory;
}

/**
 * Returns the unique id as the bootloader shows it: words 2, 1, 0, each as a number
 * (openmv-boards.md 1.2).
 */
function bootloaderSerial(uid: string): string {
  return serialOfWords(Uint8Array.fromHex(uid), [2, 1, 0]);
}

/**
 * Returns the partitions of firmware 4.6: no ROMFS0, FIRMWARE to the chip's end (openmv-boards.md
 * 5.2.1).
 */
function partitionsOf46({ partitions }: Stm32Board): readonly Partition[] {
  const romfs = partitions.find(({ name }) => name === "ROMFS0")!;
  return partitions.filter((one) => one !== romfs).map((one) =>
    one.name === "FIRMWARE" && romfs.memory === "flash" ? { ...one, end: romfs.end } : one
  );
}
