import type { Board } from "../family/board.ts";
import { UnbrickError } from "../common/errors.ts";
import type { BoardImages, Image } from "./image.ts";
import { joined, text, type Words } from "../common/text.ts";

/**
 * @param origin Where the images come from, one phrase: "folder OPENMV4 of firmware_v5.0.0.zip".
 * @param reason Why these were chosen, one phrase.
 */
export function boardImages(
  origin: Words,
  images: readonly Image[],
  reason?: Words,
): BoardImages {
  return {
    origin,
    ...(reason !== undefined && { reason }),
    all: images,
    get: (role) => images.find((image) => image.role === role),
  };
}

/**
 * Returns `base` with `images` in place of those of the same roles: files named on the command
 * line.
 */
export function withImages(base: BoardImages, images: readonly Image[]): BoardImages {
  if (images.length === 0) return base;
  const kept = base.all.filter(({ role }) => !images.some((image) => image.role === role));
  const names = images.map(({ name }) => name).join(", ");
  return kept.length === 0
    ? boardImages(names, images, text`named with --image`)
    : boardImages(text`${names} and ${base.origin}`, [...images, ...kept], base.reason);
}

/**
 * Returns the image of a role. @throws UnbrickError `not-found` that names board, role, file names
 * and the places searched.
 */
export function requireImage(images: BoardImages, board: Board, role: string): Image {
  const image = images.get(role);
  if (image !== undefined) return image;
  const wanted = board.roles.find((candidate) => candidate.role === role);
  const names = wanted?.fileNames ?? [];
  const title = wanted?.title ?? role;
  throw new UnbrickError(
    "not-found",
    names.length === 0
      ? text`There is no ${title} image for the ${board.name} in ${images.origin}.`
      : text`There is no ${title} image (${joined(names, text` or `)}) for the ${board.name} in
          ${images.origin}.`,
    {
      board: board.id,
      role,
      fileNames: names,
      origin: String(images.origin),
      ...(wanted?.comesWith && { comesWith: wanted.comesWith }),
    },
  );
}

/**
 * Returns the `not-found` error of a job that accepts any of a board's images, when there is none.
 */
export function noImage(images: BoardImages, board: Board): UnbrickError {
  return new UnbrickError(
    "not-found",
    text`${images.origin} contains no image for the ${board.name}.`,
    { board: board.id, origin: String(images.origin) },
  );
}
