import type { BoardImages } from "../../core/image/image.ts";
import { noImage } from "../../core/image/board_images.ts";
import { comparePartitionStep } from "../../core/openmv_bootloader/compare.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { ae3, partitions } from "./boards.ts";
import { enterBootloader } from "./flash.ts";
import { readMs } from "./timing.ts";
import { text } from "../../core/common/text.ts";

const contents = [
  { role: "bootloader", partition: "BOOT", region: text`bootloader` },
  { role: "toc", partition: "TOC", region: text`table of contents` },
  { role: "firmware-hp", partition: "HP", region: text`M55-HP firmware` },
  { role: "firmware-he", partition: "HE", region: text`M55-HE firmware` },
  { role: "romfs1", partition: "ROMFS1", region: "M55-HE ROMFS" },
  { role: "romfs0", partition: "ROMFS0", region: "M55-HP ROMFS" },
] as const;

/** Verify: every given image against what the camera holds. Nothing is written. */
export function verifySteps(images: BoardImages): Step[] {
  const steps = contents.flatMap(({ role, partition, region }) => {
    const image = images.get(role);
    if (!image) return [];
    const weight = readMs(image.bytes.length);
    return [comparePartitionStep(partitions, { image, partition, region, weight })];
  });
  if (steps.length === 0) throw noImage(images, ae3);
  return [enterBootloader([]), ...steps, leaveStep(partitions)];
}
