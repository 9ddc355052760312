import type { BoardImages } from "../../core/image/image.ts";
import { noImage } from "../../core/image/board_images.ts";
import { comparePartition } from "../../core/openmv_bootloader/compare.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import { compareStep } from "../../core/plan/read_only_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { reachStep } from "./reach.ts";
import { withRom } from "./rom.ts";
import { readMs } from "./timing.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";
import { text } from "../../core/common/text.ts";

const contents = [
  { role: "bootloader", partition: "BOOTLOADER", region: text`bootloader`, check: checkBootloader },
  { role: "firmware", partition: "FIRMWARE", region: text`firmware`, check: checkFirmware },
  { role: "romfs0", partition: "ROMFS0", region: text`ROMFS`, check: checkRomfs },
] as const;

/** Verify: every given image against what the camera holds. Nothing is written. */
export function verifySteps(board: Stm32Board, images: BoardImages): Step[] {
  const { partitions } = board;
  const given = contents.flatMap(({ role, partition, region, check }) => {
    const image = images.get(role);
    if (!image) return [];
    check(image, board);
    return [{ image, region, partition: partitionNamed(partitions, partition) }];
  });
  if (given.length === 0) throw noImage(images, board);
  return [
    reachStep(board, given.map(({ partition }) => partition)),
    ...given.map(({ image, region, partition: { name, start } }) =>
      compareStep({
        image,
        region,
        address: start,
        weight: readMs(image.bytes.length),
        async compare(context) {
          if (await context.detected(["bootloader"])) {
            return await comparePartition(context, partitions, name, image.bytes);
          }
          await withRom(context, (memory) =>
            memory.verifyRange(start, image.bytes, {
              signal: context.signal,
              onProgress: ({ done, total }) => context.progress(done, total),
            }));
        },
      })
    ),
    leaveStep(partitions),
  ];
}
