import type { CheckedImages } from "../../core/family/family.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import type { Stm32Board } from "./boards.ts";
import { checkBootloader, checkFirmware, checkRomfs, consentForUnmarked } from "./validate.ts";

const checks: Readonly<Record<string, (image: Image, board: Stm32Board) => void>> = {
  bootloader: checkBootloader,
  firmware: checkFirmware,
  romfs0: checkRomfs,
};

/** Checks each image that is there. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(board: Stm32Board, given: BoardImages): CheckedImages {
  const written = asWritten(board, given);
  for (const image of written.all) checks[image.role]?.(image, board);
  const needs = written.all.filter(({ role }) => role !== "romfs0")
    .flatMap((image) => consentForUnmarked(image, board) ?? []);
  return { written, needs };
}

/** Releases up to 4.8.0 fill the bootloader up to the firmware's start (openmv-runtime.md 5.2). */
export function asWritten({ partitions }: Stm32Board, images: BoardImages): BoardImages {
  const size = partitionSize(partitionNamed(partitions, "BOOTLOADER"));
  return withRole(images, "bootloader", (image) => cutBlankEnd(image, size));
}
