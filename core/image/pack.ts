import { basename } from "node:path";
import { UnbrickError } from "../errors.ts";
import { folderFiles, isFolder, readFile } from "./files.ts";
import type { Image } from "./image.ts";
import type { ImagePack } from "./image_pack.ts";
import { imageSet } from "./image_set.ts";
import { loadImage } from "./load.ts";
import { loadListedImage, parseManifest } from "./manifest.ts";
import type { PackFiles } from "./pack_files.ts";
import { releasePack, sharedFolders } from "./release.ts";
import { maximumEntrySize, zipFiles } from "./zip.ts";

/** Larger than any firmware release. Our choice. */
const maximumArchive = 536_870_912;

const manifestName = "manifest.json";

/**
 * Opens what `--images` names: a folder or zip, of a firmware release or with a manifest of its own.
 *
 * @throws UnbrickError `not-found`, `bad-image`.
 */
export function openImagePack(path: string): ImagePack {
  return packOf(
    isFolder(path)
      ? folderFiles(path, maximumEntrySize)
      : zipFiles(readFile(path, maximumArchive), basename(path), path),
  );
}

/** The pack in any set of files: by its manifest if it has one, else as a firmware release. */
export function packOf(files: PackFiles): ImagePack {
  return files.paths.includes(manifestName) ? manifestPack(files) : releasePack(files);
}

/**
 * The pack embedded in the executable.
 *
 * @param read Gives the bytes of a path relative to images/.
 */
export function bundledPack(read: (path: string) => Uint8Array): ImagePack {
  return manifestPack({ name: "the bundled images", read, sourceOf: () => "bundled" });
}

/**
 * Loads one file for a role, from a path on the command line.
 *
 * @throws UnbrickError `not-found`, `bad-image`.
 */
export function loadImageFile(path: string, role: string): Image {
  const bytes = readFile(path, maximumEntrySize);
  return loadImage(bytes, { role, name: basename(path), source: path });
}

function manifestPack(files: Omit<PackFiles, "paths">): ImagePack {
  const { files: listed } = parseManifest(
    files.read(manifestName),
    `${manifestName} of ${files.name}`,
  );
  const boards = [...new Set(listed.map(({ folder }) => folder))]
    .filter((folder) => !sharedFolders.includes(folder)).toSorted();
  return {
    origin: files.name,
    boards: () => boards,
    imagesFor(board) {
      if (!boards.includes(board.folder)) {
        throw new UnbrickError(
          "not-found",
          `${files.name} has no images for the ${board.name} (folder ${board.folder}).`,
          { file: files.name, board: board.id, folder: board.folder },
        );
      }
      const mine = [board.folder, ...sharedFolders]
        .flatMap((folder) => listed.filter((file) => file.folder === folder));
      return imageSet(
        `folder ${board.folder} of ${files.name}`,
        board.roles.flatMap(({ role }) => {
          const file = mine.find((candidate) => candidate.role === role);
          if (file === undefined) return [];
          return [loadListedImage(files.read(file.path), file, files.sourceOf(file.path))];
        }),
      );
    },
  };
}
