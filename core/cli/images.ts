import { basename } from "node:path";
import type { Board } from "../board.ts";
import { isKind, UnbrickError } from "../errors.ts";
import type { Image, ImageSet } from "../image/image.ts";
import { imageSet, withImages } from "../image/image_set.ts";
import type { ImagePack } from "../image/image_pack.ts";
import { loadImageFile, openImagePack } from "../image/pack.ts";

export interface ImageSources {
  /** `--images`: folder or zip. */
  readonly images?: string;
  /** `--image`: `ROLE=FILE`, or a file whose name tells the role. */
  readonly image: readonly string[];
}

/**
 * The images that the command line chooses for a board: single files first, then `--images`, then the
 * bundled ones.
 * @throws UnbrickError `usage`, `not-found`, `wrong-board`, `bad-image`
 */
export function chooseImages(
  board: Board,
  { images, image }: ImageSources,
  bundled: () => ImagePack | undefined,
): ImageSet {
  const files = image.map((text) => imageFile(text, board));
  return withImages(baseSet(board, images, bundled, files.length > 0), files);
}

function baseSet(
  board: Board,
  path: string | undefined,
  bundled: () => ImagePack | undefined,
  hasFiles: boolean,
): ImageSet {
  if (path !== undefined) return openImagePack(path).imagesFor(board);
  try {
    const set = bundled()?.imagesFor(board);
    if (set) return set;
  } catch (error) {
    if (!hasFiles || !isKind(error, "not-found")) throw error;
  }
  return imageSet("the images inside this program", []);
}

function imageFile(text: string, board: Board): Image {
  const roles = board.roles.map(({ role }) => role);
  const [, role, file] = /^([a-z][a-z0-9-]*)=(.+)$/i.exec(text) ?? [];
  if (role !== undefined) {
    if (roles.includes(role)) return loadImageFile(file, role);
    throw new UnbrickError(
      "usage",
      `The ${board.name} has no image role "${role}"; it has ${roles.join(", ")}.`,
      { role, board: board.id },
    );
  }
  const name = basename(text).toLowerCase();
  const byName = board.roles.find(({ role, fileNames }) =>
    fileNames.some((known) => known.toLowerCase() === name) || name.replace(/\.[^.]+$/, "") === role
  );
  if (byName) return loadImageFile(text, byName.role);
  throw new UnbrickError(
    "usage",
    `The name ${basename(text)} does not tell what it is for: write ROLE=FILE with a role of ` +
      `${roles.join(", ")}.`,
    { file: text, board: board.id },
  );
}

/** An image set split for a real device: what may be written to it, and what may not. */
export function withoutSimulationOnly(set: ImageSet): { usable: ImageSet; refused: Image[] } {
  const refused = set.all.filter((image) => image.simulationOnly);
  const usable = refused.length === 0
    ? set
    : imageSet(set.origin, set.all.filter((image) => !image.simulationOnly));
  return { usable, refused };
}

/** The refusal to write simulation-only images to a real camera. */
export function simulationOnlyRefused(refused: readonly Image[], origin: string): UnbrickError {
  const names = refused.map(({ name }) => name).join(", ");
  return new UnbrickError(
    "bad-image",
    `${names} of ${origin} ${
      refused.length === 1 ? "is" : "are"
    } made for simulated cameras only ` +
      `and never written to a real one.`,
    { files: names, origin, simulationOnly: true },
  );
}
