import type { Board } from "../family/board.ts";
import { UnbrickError } from "../common/errors.ts";
import type { Image } from "./image.ts";
import type { ImageSet } from "./image_set.ts";
import { boardImages } from "./board_images.ts";
import { bootloaderVersion } from "./inspect.ts";
import { loadImage } from "./load.ts";
import { releasesInside } from "./no_source.ts";
import type { PackFiles } from "./pack_files.ts";
import { baseName, foldersOf, type ReleaseLayout, releaseLayout } from "./release_layout.ts";
import { joined, sentences, text } from "../common/text.ts";

/**
 * Offset of the version header: raw, and after the ST header of the N6 (openmv-boards.md 2.3,
 * inferred).
 */
const headerOffsets = [0x1000, 0x1400];

/**
 * Returns a firmware release as OpenMV publishes it, or anything else with the same places of
 * files.
 */
export function releasePack(files: PackFiles): ImageSet {
  const layout = releaseLayout(files);
  const { boards, loneBoard } = layout;
  return {
    origin: files.name,
    boards: () => boards,
    imagesFor(board, only) {
      const roles = board.roles.filter(({ role }) => only?.has(role) ?? true);
      const images = releaseImages(files, layout, { ...board, roles });
      if (boards.length === 0 && layout.pathsFor(board).size === 0) {
        throw noneInside(files, board);
      }
      const place = layout.placeOf(board);
      const hasCompanion = board.roles.some(({ role, comesWith }) =>
        comesWith !== undefined && images.some((image) => image.role === role)
      );
      if (place === undefined && !hasCompanion) {
        throw new UnbrickError(
          loneBoard === undefined ? "not-found" : "wrong-board",
          text`${files.name} has no folder ${board.folder} for the ${board.name}. It contains:
            ${boards.join(", ")}.`,
          { file: String(files.name), board: board.id, folder: board.folder, has: boards },
        );
      }
      const folder = foldersOf(board).find((name) => place?.endsWith(`${name}/`));
      return boardImages(
        folder === undefined ? files.name : text`folder ${folder} of ${files.name}`,
        images,
      );
    },
  };
}

/** A folder without boards' folders and without any file of this board. */
function noneInside({ name, paths }: PackFiles, board: Board): UnbrickError {
  const places = releasesInside(paths);
  return new UnbrickError(
    "not-found",
    sentences(
      text`${name} contains no image for the ${board.name}.`,
      places.length > 0 &&
        text`If you mean something inside it, name that: ${joined(places, text` or `)}`,
    ),
    { file: String(name), board: board.id },
  );
}

/**
 * Returns all images that a release has for a board, unpacked. @throws UnbrickError `bad-image`.
 */
export function releaseImages(files: PackFiles, layout: ReleaseLayout, board: Board): Image[] {
  return [...layout.pathsFor(board)].map(([role, path]) => {
    const source = files.sourceOf(path);
    const image = loadImage(files.read(path), { role, name: baseName(path), source });
    const version = headerOffsets.map((offset) => bootloaderVersion(image.bytes, offset))
      .find((found) => found !== undefined) ?? layout.version;
    return version === undefined ? image : { ...image, version };
  });
}
