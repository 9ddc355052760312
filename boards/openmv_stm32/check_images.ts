import type { BoardImages, Image } from "../../core/image/image.ts";
import type { Stm32Board } from "./boards.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";

const checks: Readonly<Record<string, (image: Image, board: Stm32Board) => void>> = {
  bootloader: checkBootloader,
  firmware: checkFirmware,
  romfs0: checkRomfs,
};

/** Checks each image that is there. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(board: Stm32Board, images: BoardImages): void {
  for (const image of images.all) checks[image.role]?.(image, board);
}
