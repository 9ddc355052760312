import type { BoardImages, Image } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import {
  sampleRomfs,
  sampleStm32Bootloader,
  sampleStm32Firmware,
} from "../../core/image/sample.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { Stm32Board } from "./boards.ts";
import { FLASH_BASE } from "./chips.ts";

/** Versions of the made-up images. */
export interface SampleVersions {
  readonly bootloader: string;
  readonly firmware: string;
}

/** The versions in images/. */
export const bundledVersions: SampleVersions = { bootloader: "1.0.3", firmware: "5.0.0" };
/** The versions in a simulated camera as it leaves the factory: older ones. */
export const factoryVersions: SampleVersions = { bootloader: "1.0.2", firmware: "4.8.1" };

/** Sizes of the made-up images of one camera, in bytes. */
export type SampleSizes = readonly [bootloader: number, firmware: number, romfs: number];

/** Sizes near the limits of openmv-boards.md 2.1, otherwise small. */
export const sizes: Readonly<Record<string, SampleSizes>> = {
  "openmv-m4": [29_916, 212_484, 40_000],
  "openmv-m7": [30_540, 262_156, 49_152],
  "openmv-h7": [101_396, 327_684, 40_960],
  "openmv-h7-plus": [104_468, 393_220, 65_536],
  "openmv-pure-thermal": [103_948, 364_564, 57_344],
};

const made = new Map<string, BoardImages>();

/**
 * Returns made-up, simulation-only images with the structure of real ones; the same at every call.
 */
export function sampleImages(
  board: Stm32Board,
  versions: SampleVersions = bundledVersions,
): BoardImages {
  const key = `${board.id} ${versions.bootloader} ${versions.firmware}`;
  const images = made.get(key) ?? makeImages(board, versions, sizes[board.id]);
  made.set(key, images);
  return images;
}

/** @param simulationOnly false: without the mark, for tests in which models count as real. */
export function makeImages(
  board: Stm32Board,
  versions: SampleVersions,
  [bootloader, firmware, romfs]: SampleSizes,
  simulationOnly = true,
): BoardImages {
  const { start, end } = board.processor.bootloaderStack;
  const ram = { ramBase: start, ramSize: end - start, simulationOnly };
  const image = (role: string, name: string, version: string, bytes: Uint8Array): Image =>
    loadImage(bytes, { role, name, source: "made up", version, simulationOnly });
  return boardImages(`made-up images of the ${board.name}`, [
    image(
      "bootloader",
      "bootloader.bin",
      versions.bootloader,
      sampleStm32Bootloader({
        ...ram,
        flashBase: FLASH_BASE,
        usbProductId: board.bootloaderProductId,
        size: bootloader,
        version: versions.bootloader,
      }),
    ),
    image(
      "firmware",
      "firmware.bin",
      versions.firmware,
      sampleStm32Firmware({
        ...ram,
        flashBase: partitionNamed(board.partitions, "FIRMWARE").start,
        archString: board.architecture,
        usbProductId: board.firmwareProductId,
        size: firmware,
        version: versions.firmware,
      }),
    ),
    image(
      "romfs0",
      "romfs0.img",
      versions.firmware,
      sampleRomfs({
        size: romfs,
        seed: board.folder,
        version: versions.firmware,
        simulationOnly,
      }),
    ),
  ]);
}
