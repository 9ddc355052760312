import { text } from "../../core/common/text.ts";
import type { PartitionedCamera } from "../../core/openmv_bootloader/contents.ts";
import { ae3, partitions } from "./boards.ts";
import { dfuWriteMs, readMs } from "./timing.ts";
import {
  checkBootloader,
  checkHeFirmware,
  checkHpFirmware,
  checkRomfs,
  checkTocAlone,
  consentForHe,
} from "./validate.ts";

/**
 * Which image belongs where, in the order of openmv-boards.md 3.5. Both firmware images belong
 * together, so both are needed; `flash` does not write the table of contents.
 */
export const camera: PartitionedCamera = {
  board: ae3,
  partitions,
  filesystem: "RWFS",
  boot: [
    { role: "bootloader", partition: "BOOT", region: text`bootloader`, check: checkBootloader },
    { role: "toc", partition: "TOC", region: text`table of contents`, check: checkTocAlone },
  ],
  contents: [
    {
      role: "firmware-hp",
      partition: "HP",
      region: text`M55-HP firmware`,
      isNeeded: true,
      check: checkHpFirmware,
    },
    {
      role: "firmware-he",
      partition: "HE",
      region: text`M55-HE firmware`,
      isNeeded: true,
      check: checkHeFirmware,
      consent: consentForHe,
    },
    {
      role: "romfs1",
      partition: "ROMFS1",
      region: "M55-HE ROMFS",
      check: (image) => checkRomfs(image, "ROMFS1"),
    },
    {
      role: "romfs0",
      partition: "ROMFS0",
      region: "M55-HP ROMFS",
      check: (image) => checkRomfs(image, "ROMFS0"),
    },
  ],
  writeMs: ({ memory }, length) => dfuWriteMs(memory, length),
  readMs,
};
