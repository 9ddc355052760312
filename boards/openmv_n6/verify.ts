import type { BoardImages } from "../../core/image/image.ts";
import { noImage } from "../../core/image/board_images.ts";
import { comparePartitionStep } from "../../core/openmv_bootloader/compare.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { board, partitions } from "./boards.ts";
import { reachStep } from "./read.ts";
import { readMs } from "./timing.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";
import { text } from "../../core/common/text.ts";

/** What stands in flash; OpenBootloader and its flash loader leave nothing there. */
const contents = [
  { role: "bootloader", partition: "BOOTLOADER", region: text`bootloader`, check: checkBootloader },
  { role: "firmware", partition: "FIRMWARE", region: text`firmware`, check: checkFirmware },
  { role: "romfs0", partition: "ROMFS0", region: text`ROMFS`, check: checkRomfs },
] as const;

/** Verify: every given image against what the camera holds. Nothing is written. */
export function verifySteps(images: BoardImages): Step[] {
  const steps = contents.flatMap(({ role, partition, region, check }) => {
    const image = images.get(role);
    if (!image) return [];
    check(image);
    const weight = readMs(image.bytes.length);
    return [comparePartitionStep(partitions, { image, partition, region, weight })];
  });
  if (steps.length === 0) throw noImage(images, board);
  return [reachStep(), ...steps, leaveStep(partitions)];
}
