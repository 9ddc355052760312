import type { FlashMemory } from "../../../core/common/flash_memory.ts";
import { boardImages } from "../../../core/image/board_images.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { loadImage } from "../../../core/image/load.ts";
import type { FaultCamera, FaultSubject } from "./subject.ts";

/** Where the image of a role belongs. */
export interface ImagePlace {
  readonly role: string;
  readonly memory: FlashMemory;
  readonly address: number;
}

/**
 * Checks the memories for the results of a job: the images in their places or, for a `read`, the
 * bytes that it returned.
 * @param places of the images that the job is about; a `read` reads the memory of the first one
 */
export function missingContents(
  { job, images, options }: Pick<FaultSubject, "job" | "images" | "options">,
  places: readonly ImagePlace[],
): FaultCamera["missing"] {
  if (job !== "read") {
    return () =>
      places.filter(({ role, memory, address }) => !memory.holds(address, images.get(role)!.bytes))
        .map(({ role }) => role);
  }
  return (outputs) => {
    const [bytes] = outputs.values();
    const { address, length } = options;
    const isRead = bytes?.length === length && places[0].memory.holds(address!, bytes);
    return isRead ? [] : ["what was to be read"];
  };
}

/** Returns the same images, with one bit changed in one of them. */
export function damagedImages(images: BoardImages, role: string, offset: number): BoardImages {
  return boardImages(
    "damaged",
    images.all.map((image) => {
      if (image.role !== role) return image;
      const bytes = image.bytes.slice();
      bytes[offset] ^= 1;
      return { ...image, ...loadImage(bytes, image), name: image.name };
    }),
  );
}
