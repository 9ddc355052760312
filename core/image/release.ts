import type { Board } from "../board.ts";
import { UnbrickError } from "../errors.ts";
import type { ImageRole } from "./image.ts";
import type { ImagePack } from "./image_pack.ts";
import { imageSet } from "./image_set.ts";
import { bootloaderHeader } from "./inspect.ts";
import { loadImage } from "./load.ts";
import type { PackFiles } from "./pack_files.ts";

/**
 * A firmware release as OpenMV publishes it: one folder for each board (`firmware_v5.0.0.zip`), or the
 * files of one board alone (`firmware_OPENMV4.zip`); openmv-boards.md 8.
 */

/** Folders of a release whose files belong to several boards (openmv-boards.md 3.6 and 8). */
export const sharedFolders: readonly string[] = ["CYW4343"];

/** Offset of the version header: raw, and behind the ST header of the N6 (openmv-boards.md 2.3, inferred). */
const headerOffsets = [0x1000, 0x1400];

export function releasePack(files: PackFiles): ImagePack {
  const base = wrapper(files.paths);
  const paths = new Set(files.paths);
  const folders = [...new Set(files.paths.flatMap((path) => boardFolderOf(path, base)))].toSorted();
  const loneBoard = folders.length === 0 ? loneBoardOf(files.name) : undefined;
  const version = /v(\d+\.\d+\.\d+)/.exec(base || files.name)?.[1] ??
    /v(\d+\.\d+\.\d+)/.exec(files.name)?.[1];

  function placeOf(board: Board): string {
    if (folders.includes(board.folder)) return `${base}${board.folder}/`;
    if (folders.length === 0 && (loneBoard ?? board.folder) === board.folder) return base;
    const has = loneBoard ?? folders.join(", ");
    throw new UnbrickError(
      loneBoard === undefined ? "not-found" : "wrong-board",
      `${files.name} has no folder ${board.folder} for the ${board.name}; it is for ${has}.`,
      { file: files.name, board: board.id, folder: board.folder, has },
    );
  }

  return {
    origin: files.name,
    boards: () => folders.length > 0 ? folders : loneBoard === undefined ? [] : [loneBoard],
    imagesFor(board) {
      const place = placeOf(board);
      const places = [place, ...sharedFolders.map((folder) => `${base}${folder}/`)];
      const find = ({ fileNames }: ImageRole) =>
        places.flatMap((folder) => fileNames.map((name) => folder + name))
          .find((path) => paths.has(path));
      const images = board.roles.flatMap((role) => {
        const path = find(role);
        if (path === undefined) return [];
        const bytes = files.read(path);
        const image = loadImage(bytes, {
          role: role.role,
          name: path.slice(path.lastIndexOf("/") + 1),
          source: files.sourceOf(path),
        });
        const own = headerOffsets.map((offset) => bootloaderHeader(image.bytes, offset)?.version)
          .find((found) => found !== undefined);
        const known = own ?? version;
        return [known === undefined ? image : { ...image, version: known }];
      });
      const where = place === base ? files.name : `folder ${board.folder} of ${files.name}`;
      return imageSet(where, images);
    },
  };
}

/** A board's folder as releases name them. */
const boardFolder = /^(OPENMV|ARDUINO)[A-Z0-9_]*$/;

function boardFolderOf(path: string, base: string): string[] {
  const parts = path.slice(base.length).split("/");
  return parts.length > 1 && boardFolder.test(parts[0]) ? [parts[0]] : [];
}

/** `firmware_v5.0.0/` if everything is inside that one folder (an archive packed anew), else ``. */
function wrapper(paths: readonly string[]): string {
  const real = paths.filter((path) => !path.startsWith("__MACOSX/") && !path.endsWith(".DS_Store"));
  const first = real[0]?.split("/") ?? [];
  if (first.length < 2 || boardFolder.test(first[0]) || sharedFolders.includes(first[0])) return "";
  return real.every((path) => path.startsWith(`${first[0]}/`)) ? `${first[0]}/` : "";
}

/** `OPENMV4` for `firmware_OPENMV4.zip` and for a folder of that name. */
function loneBoardOf(name: string): string | undefined {
  const stem = name.replace(/\.zip$/i, "").replace(/^firmware_/, "");
  return boardFolder.test(stem) ? stem : undefined;
}
