import type { Stm32Board } from "../../boards/openmv_stm32/boards.ts";
import { FLASH_BASE } from "../../boards/openmv_stm32/chips.ts";
import {
  sampleRomfs,
  sampleStm32Bootloader,
  sampleStm32Firmware,
} from "../../core/image/sample.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";

/**
 * Makes a firmware release for one camera, without the mark that keeps images off real devices: the
 * executable in the guest takes the models for real cameras. The versions differ from those in a
 * simulated camera at the start, and the firmware is small, so that a case takes seconds.
 */
export interface Release {
  /** Name of the folder in the release. */
  readonly folder: string;
  readonly bootloader: Uint8Array;
  readonly firmware: Uint8Array;
  readonly romfs: Uint8Array;
}

const BOOTLOADER_VERSION = "1.0.7", FIRMWARE_VERSION = "5.0.7";
/** Odd sizes, near the limits for a bootloader (openmv-boards.md 2.1). */
const bootloaderSizes = { STM32F427: 29_916, STM32F765: 30_540, STM32H743: 101_396 } as const;
const FIRMWARE_BYTES = 70_004, ROMFS_BYTES = 8_192;

export function release(board: Stm32Board): Release {
  const { start, end } = board.processor.bootloaderStack;
  const shared = { ramBase: start, ramSize: end - start, simulationOnly: false };
  return {
    folder: board.folder,
    bootloader: sampleStm32Bootloader({
      ...shared,
      flashBase: FLASH_BASE,
      usbProductId: board.bootloaderProductId,
      size: bootloaderSizes[board.chip as keyof typeof bootloaderSizes],
      version: BOOTLOADER_VERSION,
    }),
    firmware: sampleStm32Firmware({
      ...shared,
      flashBase: partitionNamed(board.partitions, "FIRMWARE").start,
      archString: board.architecture,
      usbProductId: board.firmwareProductId,
      size: FIRMWARE_BYTES,
      version: FIRMWARE_VERSION,
    }),
    romfs: sampleRomfs({
      size: ROMFS_BYTES,
      seed: board.folder,
      version: FIRMWARE_VERSION,
      simulationOnly: false,
    }),
  };
}
