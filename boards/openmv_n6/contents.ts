import { text } from "../../core/common/text.ts";
import type { PartitionedCamera } from "../../core/openmv_bootloader/contents.ts";
import { board, partitions } from "./boards.ts";
import { readMs, writeMs } from "./timing.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";

/**
 * Which image belongs where, in the order of openmv-boards.md 3.1. OpenBootloader and its flash
 * loader leave nothing in flash.
 */
export const camera: PartitionedCamera = {
  board,
  partitions,
  filesystem: "FILESYSTEM",
  boot: [
    {
      role: "bootloader",
      partition: "BOOTLOADER",
      region: text`bootloader`,
      check: checkBootloader,
    },
  ],
  contents: [
    {
      role: "firmware",
      partition: "FIRMWARE",
      region: text`firmware`,
      isNeeded: true,
      check: checkFirmware,
    },
    { role: "romfs0", partition: "ROMFS0", region: text`ROMFS`, check: checkRomfs },
  ],
  writeMs: (_partition, length) => writeMs(length),
  readMs,
};
