import type { BoardImages, Image } from "../../core/image/image.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import type { Stm32Board } from "./boards.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";

const checks: Readonly<Record<string, (image: Image, board: Stm32Board) => void>> = {
  bootloader: checkBootloader,
  firmware: checkFirmware,
  romfs0: checkRomfs,
};

/** Checks each image that is there. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(board: Stm32Board, given: BoardImages): BoardImages {
  const images = asWritten(board, given);
  for (const image of images.all) checks[image.role]?.(image, board);
  return images;
}

/** Releases up to 4.8.0 fill the bootloader up to the firmware's start (openmv-runtime.md 5.2). */
export function asWritten({ partitions }: Stm32Board, images: BoardImages): BoardImages {
  const size = partitionSize(partitionNamed(partitions, "BOOTLOADER"));
  return withRole(images, "bootloader", (image) => cutBlankEnd(image, size));
}
