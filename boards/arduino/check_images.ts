import type { BoardImages } from "../../core/image/image.ts";
import { places, type PortentaClass } from "./boards.ts";
import { checkImage } from "./validate.ts";

/** Checks each given image. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(board: PortentaClass, images: BoardImages): BoardImages {
  for (const place of places) {
    const image = images.get(place.role);
    if (image) checkImage(image, place, board);
  }
  return images;
}
