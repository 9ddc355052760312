import type { SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import type { FlashMemory } from "../../core/common/flash_memory.ts";
import { userVolume } from "../../core/image/sample_fat.ts";
import { MbootModel } from "../../core/protocols/mboot/model/mboot_model.ts";
import {
  RunningFirmwareModel,
  simulatedVersion,
} from "../../core/openmv_bootloader/firmware_model.ts";
import { SdpModel } from "../../core/protocols/sdp/model/sdp_model.ts";
import { trapsOf } from "../../core/common/traps.ts";
import type { UsbDeviceModel } from "../../core/transport/usb/model.ts";
import { PoweredCamera } from "../../core/transport/usb/powered_camera.ts";
import { rt1062 } from "./boards.ts";
import { ChipModel } from "./chip_model.ts";
import { FLASHLOADER_LOAD, regions, SECTOR } from "./memory_map.ts";
import { FIRMWARE_ID } from "./recognise.ts";
import { factoryImages, sampleFcb } from "./samples.ts";
import { type Rt1062Traps, rt1062Traps } from "./traps.ts";

/**
 * Milliseconds from power or reset until the device appears; the real values are not known (F4).
 */
export const ROM_START_MS = 200, SBL_START_MS = 250, FIRMWARE_START_MS = 600;
/**
 * Milliseconds from the answer to a jump until the ROM leaves, and then until the flashloader
 * appears (D1).
 */
export const JUMP_MS = 20, FLASHLOADER_START_MS = 400;
/**
 * Milliseconds in which the host collects the answer to a reset, a report of 0.5 or 16 ms: then the
 * loader leaves (imxrt-sdp-flashloader.md B1, B6).
 */
const RESET_ANSWER_MS = { high: 1, full: 17 } as const;

/** Simulates an OpenMV Cam RT1062 (imxrt-sdp-flashloader.md D). Traps: see the family's README. */
export class CameraModel extends PoweredCamera implements SimulatedBoard {
  readonly board = rt1062;
  readonly chip: ChipModel;
  override readonly memories: ReadonlyMap<string, FlashMemory>;
  /** Milliseconds during which the camera was off the bus, without the SBL's window. */
  startingMs = 0;
  readonly #options: SimulationOptions;
  readonly #traps: Rt1062Traps;

  constructor(options: SimulationOptions) {
    super(options);
    this.#options = options;
    const { condition = "bricked" } = options;
    const traps = this.#traps = trapsOf(rt1062Traps, options.traps);
    const word6 = condition === "blank" && options.traps?.fuse6 === undefined ? 0 : traps.fuse6;
    const closed = traps.closed ? 2 : 0;
    this.chip = new ChipModel(options.clock, {
      0: traps.fuse0,
      1: 0x1062_0001 ^ (options.unit ?? 0),
      2: 0x0043_00a5,
      5: traps.fuse5,
      6: word6 | closed,
    }, traps.startsDamaged);
    this.memories = new Map([["flash", this.chip.flash]]);
    if (traps.fuseLocked) this.chip.fuses.locked.add(6);
    if (condition !== "blank") this.#fill(condition === "healthy");
  }

  override get busyMs(): number {
    return this.chip.busy.totalMs;
  }

  override memory(name: string): Uint8Array {
    if (name === "fuses") {
      return new Uint8Array(
        Uint32Array.from({ length: 64 }, (_, at) => this.chip.fuses.read(at)).buffer,
      );
    }
    return super.memory(name);
  }

  #fill(isHealthy: boolean): void {
    const { flash } = this.chip;
    const images = this.#options.images ?? factoryImages();
    const put = (role: "bootloader" | "firmware" | "romfs0") => {
      const image = images.get(role);
      if (image) flash.load(regions[role].start, image.bytes);
    };
    put("firmware");
    put("romfs0");
    const { start, size } = regions.filesystem;
    flash.load(
      start,
      userVolume({ size, sectorSize: SECTOR, clusterSize: SECTOR }, this.#traps.filesDamaged),
    );
    if (!isHealthy) return;
    flash.load(regions.fcb.start, sampleFcb());
    put("bootloader");
  }

  protected override start(): void {
    this.chip.powerOn(this.hasJumper);
    this.#boot();
  }

  /** Starts what the ROM decides after power-on or reset. */
  #boot(): void {
    const target = this.chip.bootTarget();
    if (target === "rom") this.#showIn(ROM_START_MS, () => this.#rom());
    if (target === "sbl") this.#showIn(SBL_START_MS, () => this.#loader("sbl"));
  }

  #rom(): UsbDeviceModel {
    const restart = () => this.#next(JUMP_MS, () => this.#boot());
    const machine = this.chip.romMachine({
      jump: (address) => {
        const runs = address === FLASHLOADER_LOAD && this.chip.flashloaderRuns();
        this.#next(JUMP_MS, () => {
          if (runs) this.#showIn(FLASHLOADER_START_MS, () => this.#loader("flashloader"));
        });
      },
      crash: restart,
    });
    return new SdpModel(machine, {
      speed: this.#speed,
      traps: {
        paddedInReports: this.#traps.paddedInReports,
        jumpAnswerMissing: this.#traps.jumpAnswerMissing,
      },
    });
  }

  #loader(role: "flashloader" | "sbl"): UsbDeviceModel {
    let isKept = false;
    const machine = this.chip.loaderMachine(role, {
      unreadable: Object.values(regions).find(({ name }) => name === this.#traps.unreadable),
      commandReceived: () => isKept = true,
      reset: () => this.#next(RESET_ANSWER_MS[this.#speed], () => this.#boot()),
    });
    if (role === "sbl") {
      this.later(this.#traps.windowMs, () => {
        if (!isKept) this.#next(0, () => this.#firmware());
      });
    }
    return new MbootModel(machine, { speed: this.#speed });
  }

  #firmware(): void {
    if (!this.chip.firmwareRuns()) return; // a hard fault: the camera seems dead
    const firmware = () =>
      new RunningFirmwareModel({
        clock: this.#options.clock,
        firmware: {
          ...this.#traps,
          version: simulatedVersion(this.#options),
          arch: "OMVRT1060 32768 SDRAM",
          id: this.chip.serial,
        },
        productId: FIRMWARE_ID.productId,
        product: "OpenMV Virtual Comm Port",
        serial: this.chip.serial,
        speed: "high",
        // Whether to the bootloader or not: it starts first in any case (openmv-boards.md 7.4).
        reset: () => this.#next(0, () => this.#boot()),
      });
    this.#showIn(FIRMWARE_START_MS, firmware);
  }

  /** Removes the device from the bus after `ms`, then continues. */
  #next(ms: number, action: () => void): void {
    this.startingMs += ms;
    this.later(ms, () => this.reset(action));
  }

  #showIn(ms: number, make: () => UsbDeviceModel): void {
    this.startingMs += ms;
    this.later(ms, () => this.show(make()));
  }

  get #speed(): "high" | "full" {
    return this.#traps.speed;
  }
}
