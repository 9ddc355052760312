import { text } from "../../core/common/text.ts";
import type { PartitionedCamera } from "../../core/openmv_bootloader/contents.ts";
import type { Stm32Board } from "./boards.ts";
import { readMs, writeMs } from "./timing.ts";
import { checkBootloader, checkFirmware, checkRomfs, consentForUnmarked } from "./validate.ts";

/** Returns which image belongs where, in the order of openmv-boards.md 3.1. */
export function contentsOf(board: Stm32Board): PartitionedCamera {
  const { partitions, processor, filesystemPartition: filesystem } = board;
  return {
    board,
    partitions,
    filesystem,
    boot: [{
      role: "bootloader",
      partition: "BOOTLOADER",
      region: text`bootloader`,
      check: (image) => checkBootloader(image, board),
      consent: (image) => consentForUnmarked(image, board),
    }],
    contents: [{
      role: "firmware",
      partition: "FIRMWARE",
      region: text`firmware`,
      isNeeded: true,
      check: (image) => checkFirmware(image, board),
      consent: (image) => consentForUnmarked(image, board),
    }, {
      role: "romfs0",
      partition: "ROMFS0",
      region: text`ROMFS`,
      check: (image) => checkRomfs(image, board),
    }],
    writeMs: (partition, length) => writeMs(processor, partition, length),
    readMs,
  };
}
