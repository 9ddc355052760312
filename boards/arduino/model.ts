import { DfuSeModel } from "../../core/protocols/dfu/model/dfuse_model.ts";
import { stm32Flash } from "../../core/protocols/dfu/model/stm32_rom_model.ts";
import type { SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import { namesBoard } from "../../core/image/architectures.ts";
import { isResetVectorIn, isStackIn } from "../../core/image/vector_check.ts";
import {
  RunningFirmwareModel,
  simulatedVersion,
} from "../../core/openmv_bootloader/firmware_model.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { backupRegions } from "./backup.ts";
import { trapsOf } from "../../core/common/traps.ts";
import { PoweredCamera } from "../../core/transport/usb/powered_camera.ts";
import { serialOfUnit } from "../../core/transport/usb/unit_serial.ts";
import { ARDUINO_VENDOR_ID, EXTERNAL_FLASH, places, type PortentaClass } from "./boards.ts";
import { userVolume } from "../../core/image/sample_fat.ts";
import { sampleImages } from "./samples.ts";
import { type ArduinoTraps, arduinoTraps, bootloaderAlternates } from "./traps.ts";
import { ram } from "./validate.ts";
import { VectorTable } from "../../core/common/vector_table.ts";

/** Milliseconds from reset until a device appears; much longer in reality (inferred). */
export const APPEARS_MS = 300;
/** Erase of 4 KiB of the external flash (inferred). */
export const EXTERNAL_ERASE_MS = 45;
const FIRMWARE = places.find(({ role }) => role === "firmware")!;

/**
 * Simulates a Portenta, Giga or Nicla Vision: firmware after a plain start, the DFU bootloader
 * after two quick presses of reset, 1200 baud or a command.
 */
export class SimulatedArduino extends PoweredCamera implements SimulatedBoard {
  readonly #options: SimulationOptions;
  readonly #traps: ArduinoTraps;
  readonly internal = stm32Flash("STM32H743");
  readonly external = new FlashMemory({
    base: EXTERNAL_FLASH,
    sectors: [{ count: 4096, size: 4096, eraseMs: EXTERNAL_ERASE_MS }],
    unit: 256,
    unitMs: 0.4,
  });
  override readonly memories = new Map([["flash", this.internal], ["external", this.external]]);
  readonly #bootloaders: DfuSeModel[] = [];

  constructor(readonly board: PortentaClass, options: SimulationOptions) {
    super(options);
    this.#options = options;
    this.#traps = trapsOf(arduinoTraps, options.traps);
    if (options.condition === "healthy") {
      const images = options.images ?? sampleImages(board, "4.8.1");
      for (const { role, address } of places) {
        const image = images.get(role);
        if (image) this.#memoryAt(address).load(address, image.bytes);
      }
      // openmv-runtime.md 3.1
      const volume = userVolume(
        { size: 0xB0_0000, sectorSize: 512, clusterSize: 2048 },
        this.#traps.filesDamaged,
      );
      this.external.load(EXTERNAL_FLASH, volume);
    }
    if (this.#traps.writeProtected) this.internal.protect(FIRMWARE.address, FIRMWARE.limit);
  }

  /** Things that must never happen to a board, and did. */
  get forbiddenOperations(): readonly string[] {
    return this.#bootloaders.flatMap((one) => one.forbiddenOperations);
  }

  protected override start(): void {
    this.later(APPEARS_MS, () => this.#showFirmware());
  }

  protected override handle(id: HardwareAction["id"]): boolean {
    if (id === "press-reset-twice") this.#enterBootloader();
    return id === "press-reset-twice";
  }

  #memoryAt(address: number): FlashMemory {
    return address < EXTERNAL_FLASH ? this.internal : this.external;
  }

  #enterBootloader(): void {
    this.reset(() => this.later(APPEARS_MS, () => this.#showBootloader()));
  }

  #showBootloader(): void {
    const bootloader = new DfuSeModel({
      clock: this.#options.clock,
      device: {
        idVendor: ARDUINO_VENDOR_ID,
        idProduct: this.board.bootloaderProductId,
        bcdUSB: 0x0200,
        bcdDevice: 0x0200,
      },
      manufacturer: "Arduino SA",
      product: this.board.name,
      serial: serialOfUnit("003400273337510F33363231", this.#options.unit),
      alternates: this.#traps.namelessAlternates
        ? ["Internal", "External"]
        : bootloaderAlternates[this.#traps.bootloader],
      transferSize: 4096,
      polls: { address: 0, erase: 0, write: 0 },
      traps: { unreadable: backupRegions.find(({ name }) => name === this.#traps.unreadable) },
      regions: [
        { kind: "flash", memory: this.internal },
        { kind: "flash", memory: this.external },
      ],
      hooks: {
        leave: () => this.reset(),
        reenumerate: () => this.reset(),
      },
    });
    this.#bootloaders.push(bootloader);
    this.show(bootloader);
  }

  /** Returns nothing if the core would crash in the program in flash. */
  #showFirmware(): void {
    const bytes = this.internal.read(FIRMWARE.address, FIRMWARE.limit);
    const { initialStackPointer, resetVector } = VectorTable.decode(bytes);
    if (!isStackIn(ram, initialStackPointer)) return;
    if (!isResetVectorIn(resetVector, FIRMWARE.address, bytes.length)) return;
    if (!namesBoard(bytes, this.board) || this.#traps.sensorStopsFirmware) return;
    this.show(
      new RunningFirmwareModel({
        clock: this.#options.clock,
        firmware: {
          ...this.#traps,
          version: simulatedVersion(this.#options),
          arch: this.board.architecture,
          id: "",
        },
        touch: true,
        protocol: this.#traps.wedged ? "silent" : "V2",
        reset: (into) => into === "bootloader" ? this.#enterBootloader() : this.reset(),
        vendorId: ARDUINO_VENDOR_ID,
        productId: this.board.firmwareProductId,
        product: this.board.name,
        serial: serialOfUnit("3436323100000000", this.#options.unit),
        speed: "full",
      }),
    );
  }
}
