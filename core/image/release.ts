import type { Board } from "../family/board.ts";
import { UnbrickError } from "../common/errors.ts";
import type { Image } from "./image.ts";
import type { ImageSet } from "./image_set.ts";
import { boardImages } from "./board_images.ts";
import { bootloaderVersion } from "./inspect.ts";
import { loadImage } from "./load.ts";
import type { PackFiles } from "./pack_files.ts";
import { baseName, type ReleaseLayout, releaseLayout } from "./release_layout.ts";
import { text } from "../common/text.ts";

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
      const place = layout.placeOf(board);
      const hasCompanion = board.roles.some(({ role, comesWith }) =>
        comesWith !== undefined && images.some((image) => image.role === role)
      );
      if (place === undefined && !hasCompanion) {
        const has = boards.join(", ");
        throw new UnbrickError(
          loneBoard === undefined ? "not-found" : "wrong-board",
          text`${files.name} has no folder ${board.folder} for the ${board.name}. It contains:
            ${has}.`,
          { file: String(files.name), board: board.id, folder: board.folder, has },
        );
      }
      const isInFolder = place !== undefined && place.endsWith(`${board.folder}/`);
      return boardImages(
        isInFolder ? text`folder ${board.folder} of ${files.name}` : files.name,
        images,
      );
    },
  };
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
