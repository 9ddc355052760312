import type { CheckedImages } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { places, type PortentaClass } from "./boards.ts";
import { checkImage, consentForUnmarked } from "./validate.ts";

/** Checks each given image. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(board: PortentaClass, images: BoardImages): CheckedImages {
  for (const place of places) {
    const image = images.get(place.role);
    if (image) checkImage(image, place, board);
  }
  const firmware = images.get("firmware");
  const needs = firmware ? [consentForUnmarked(firmware, board) ?? []].flat() : [];
  return { written: images, needs };
}
