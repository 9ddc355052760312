import type { SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import { BootloaderHeader } from "../../core/image/inspect.ts";
import { indexOf } from "../../core/image/search.ts";
import { sha256 } from "../../core/common/sha256.ts";
import {
  RunningFirmwareModel,
  simulatedVersion,
} from "../../core/openmv_bootloader/firmware_model.ts";
import { OpenMvBootloaderModel } from "../../core/openmv_bootloader/model.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { OpenBootloader } from "../../core/protocols/serial_boot/model/open_bootloader_model.ts";
import { Stm32n6Rom } from "../../core/protocols/serial_boot/model/rom_model.ts";
import type { RomSwitches } from "../../core/protocols/serial_boot/model/rom_switches.ts";
import { trapsOf } from "../../core/common/traps.ts";
import type { UsbDeviceModel } from "../../core/transport/usb/model.ts";
import { PoweredCamera } from "../../core/transport/usb/powered_camera.ts";
import { serialOfUnit } from "../../core/transport/usb/unit_serial.ts";
import {
  ARCHITECTURE,
  board,
  BOOTLOADER_PRODUCT_ID,
  ERASE_MS,
  FIRMWARE_PRODUCT_ID,
  FLASH_BASE,
  FLASH_SIZE,
  PAGE,
  PAGE_MS,
  partitions,
  SECTOR,
} from "./boards.ts";
import { fillFlash, runnableBootloader, runnableFirmware } from "./condition.ts";
import { SHIPPED } from "./recovery_files.ts";
import { OPEN_BOOTLOADER_MARK, sampleImages } from "./samples.ts";
import { type N6Traps, n6Traps } from "./traps.ts";
import { serialOfWords } from "../../core/protocols/dfu/packets/unique_id.ts";
import { descriptorOfVersion } from "../../core/openmv_bootloader/identity.ts";

/** Milliseconds from power or reset until a device appears on the bus (inferred). */
export const APPEARS_MS = 150;
/** How long a camera in the reset loop runs (openmv-boards.md 4.2). */
const LOOP_MS = 2_000;
const FIRMWARE = partitionNamed(partitions, "FIRMWARE");

/**
 * Simulates an N6: ROM, OpenBootloader, the camera's bootloader and its firmware over one external
 * flash. BOOT0 is sampled at power-on; what enumerates depends on what flash really contains.
 */
export class SimulatedN6 extends PoweredCamera implements SimulatedBoard {
  readonly board = board;
  readonly #options: SimulationOptions;
  readonly #traps: N6Traps & RomSwitches;
  /** The external flash, at 0x70000000. */
  readonly flash = new FlashMemory({
    base: FLASH_BASE,
    sectors: [{ count: FLASH_SIZE / SECTOR, size: SECTOR, eraseMs: ERASE_MS }],
    rule: "and",
    unit: PAGE,
    unitMs: PAGE_MS,
  });
  override readonly memories = new Map([["xspi", this.flash]]);
  #deathsLeft: number;
  #isLooping: boolean;
  readonly #openBootloaders: OpenBootloader[] = [];
  /** True if the firmware asked for the bootloader at the next start. */
  #isForced = false;

  constructor(options: SimulationOptions) {
    super(options);
    this.#options = options;
    const traps = trapsOf(n6Traps, options.traps);
    this.#traps = { ...traps, uid: serialOfUnit(traps.uid, options.unit) };
    this.#deathsLeft = traps.earlyDeaths;
    this.#isLooping = traps.resetLoop !== "";
    fillFlash(this.flash, options, traps);
    if (traps.writeProtected) {
      this.flash.protect(FLASH_BASE, FIRMWARE.start - FLASH_BASE);
    }
  }

  /** How often the chip's fuses were written: must stay 0. */
  get otpBurns(): number {
    return this.#openBootloaders.reduce((sum, { otpBurns }) => sum + otpBurns, 0);
  }

  /**
   * Resets the chip for the firmware; into a bootloader that stays, if requested (openmv-boards.md
   * 5.3).
   */
  restart(into: "bootloader" | "firmware"): void {
    this.#isForced = into === "bootloader";
    this.reset();
  }

  protected override powerLost(): void {
    this.#isForced = false;
  }

  protected override start(): void {
    const image = runnableBootloader(this.flash.read(FLASH_BASE, FIRMWARE.start - FLASH_BASE));
    if (this.hasJumper || !image) return this.later(APPEARS_MS, () => this.#showRom());
    if (!this.#traps.wrongFlashId) this.later(APPEARS_MS, () => this.#showBootloader(image));
  }

  #showRom(): void {
    this.show(
      new Stm32n6Rom({
        clock: this.#options.clock,
        serial: this.#traps.serial === "other" ? "386E35723432" : this.#uniqueId([0, 1, 2]),
        switches: this.#traps,
        leave: (image) => {
          this.show(undefined);
          if (!image) return this.later(APPEARS_MS, () => this.#showRom());
          this.#run(image);
        },
      }),
    );
  }

  /** Starts the program that the ROM received for RAM. */
  #run(image: Uint8Array): void {
    if (this.#deathsLeft > 0) {
      this.#deathsLeft--;
      return this.later(APPEARS_MS, () => this.#showRom());
    }
    const isOpenBootloader = indexOf(image, OPEN_BOOTLOADER_MARK) >= 0;
    if (isOpenBootloader) this.later(this.#traps.startMs, () => this.#showOpenBootloader());
    else if (runnableBootloader(image)) this.later(APPEARS_MS, () => this.#showBootloader(image));
  }

  #showOpenBootloader(): void {
    const { initFails, eraseHangs } = this.#traps;
    const { clock, images } = this.#options;
    const known = [sampleImages(), ...(images ? [images] : [])]
      .map((set) => set.get("external-loader")?.sha256);
    const model: OpenBootloader = new OpenBootloader({
      clock,
      flash: this.flash,
      serial: this.#uniqueId([0, 1, 2]),
      initFails,
      eraseHangs,
      works: (driver) => [...known, SHIPPED["external-loader"]].includes(sha256(driver)),
      onDetach: () => this.show(model), // soft disconnect: the power stays
    });
    this.#openBootloaders.push(model);
    this.show(model);
  }

  #showBootloader(image: Uint8Array): void {
    const header = BootloaderHeader.tryDecode(image, 0x1400);
    const bootloader = new OpenMvBootloaderModel({
      clock: this.#options.clock,
      productId: BOOTLOADER_PRODUCT_ID,
      bcdDevice: descriptorOfVersion(header),
      speed: "high",
      serial: this.#uniqueId([2, 1, 0]),
      partitions,
      memories: this.memories,
      forced: this.#isForced,
      unreadable: this.#traps.unreadable,
      leave: () => {
        this.show(undefined);
        this.later(APPEARS_MS, () => this.#startFirmware());
      },
    });
    this.#isForced = false;
    this.show(bootloader);
    bootloader.start();
    if (this.#isLooping) this.later(LOOP_MS, () => this.#endOfLife(bootloader));
  }

  #startFirmware(): void {
    if (runnableFirmware(this.flash, this.#options.images, this.#traps.startsDamaged)) {
      if (this.#traps.sensorStopsFirmware) return;
      return this.show(
        new RunningFirmwareModel({
          clock: this.#options.clock,
          firmware: {
            ...this.#traps,
            version: simulatedVersion(this.#options),
            arch: ARCHITECTURE,
            id: this.#traps.uid.toUpperCase(),
          },
          reset: (into) => this.restart(into),
          productId: FIRMWARE_PRODUCT_ID,
          product: `${board.name} Virtual Comm Port`,
          serial: this.#traps.uid.toUpperCase(),
          speed: "high",
        }),
      );
    }
    if (this.#isLooping) this.reset();
  }

  /** Restarts a camera in the loop after two seconds, unless its firmware is zeros now. */
  #endOfLife(bootloader: UsbDeviceModel): void {
    if (!this.isShown(bootloader)) return;
    this.#isLooping = this.flash.read(FIRMWARE.start, 4096).some((byte) => byte !== 0);
    if (this.#isLooping) this.reset();
  }

  #uniqueId(order: readonly number[]): string {
    return serialOfWords(Uint8Array.fromHex(this.#traps.uid), order);
  }
}
