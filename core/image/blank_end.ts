import type { BoardImages, Image } from "./image.ts";
import { boardImages } from "./board_images.ts";
import { isFilledWith } from "../common/bytes.ts";
import { sha256 } from "../common/sha256.ts";

/**
 * Removes everything after the first `size` bytes of a bootloader if it is all 0xFF or all 0x00.
 * Releases pad it to the firmware's start (openmv-runtime.md 5.2); written like that, it would
 * erase the user's files between the two. Any other image is returned unchanged.
 */
export function cutBlankEnd(image: Image, size: number): Image {
  const { bytes } = image;
  const end = bytes.subarray(size);
  if (end.length === 0 || !isFilledWith(end, 0xFF) && !isFilledWith(end, 0x00)) return image;
  const kept = bytes.slice(0, size);
  return {
    ...image,
    bytes: kept,
    sha256: sha256(kept),
    file: image.file ?? { bytes: bytes.length, sha256: image.sha256 },
  };
}

/** Returns the images with those of one role changed. */
export function withRole(
  images: BoardImages,
  role: string,
  change: (image: Image) => Image,
): BoardImages {
  const all = images.all.map((image) => image.role === role ? change(image) : image);
  return boardImages(images.origin, all, images.reason);
}
