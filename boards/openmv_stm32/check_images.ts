import type { CheckedImages } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import { checkContents } from "../../core/openmv_bootloader/contents.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import type { Stm32Board } from "./boards.ts";
import { contentsOf } from "./contents.ts";

/** Checks each given image. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(board: Stm32Board, given: BoardImages): CheckedImages {
  const written = asWritten(given, board);
  return { written, needs: checkContents(contentsOf(board), written) };
}

/**
 * Cuts padding: releases up to 4.8.0 fill the bootloader up to the firmware (openmv-runtime.md
 * 5.2).
 */
export function asWritten(images: BoardImages, { partitions }: Stm32Board): BoardImages {
  const size = partitionSize(partitionNamed(partitions, "BOOTLOADER"));
  return withRole(images, "bootloader", (image) => cutBlankEnd(image, size));
}
