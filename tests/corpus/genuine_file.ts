import { basename, join } from "node:path";
import { families } from "../support/boards/families.ts";
import type { Board } from "../../core/family/board.ts";
import type { ImageRole } from "../../core/image/image.ts";
import { foldersOf } from "../../core/image/release_layout.ts";

/** A file of the collection, and whose it is. */
export interface GenuineFile {
  /** Path below the collection, with `/`. */
  readonly path: string;
  /** Path on this computer. */
  readonly full: string;
  /** `3.4.3` if a folder above it is a release, otherwise the name of the collection's folder. */
  readonly release: string;
  /** The board that the file is made for; left out if the path does not say, or it is no image. */
  readonly board?: Board;
  /** Roles of that board that the file is made for; none for what belongs to no place of it. */
  readonly roles: readonly ImageRole[];
}

/** All boards of all families. */
export const boards: readonly Board[] = families.flatMap((family) => family.boards);

/** Lists every file below a folder, in order of its path, and reads its name for whose it is. */
export function genuineFilesBelow(root: string): GenuineFile[] {
  return pathsBelow(root, "").toSorted().map((path) => ({
    path,
    full: join(root, path),
    release: releaseOf(path),
    ...owner(path),
  }));
}

function pathsBelow(root: string, path: string): string[] {
  return [...Deno.readDirSync(join(root, path))].flatMap(({ name, isDirectory }) => {
    const below = path === "" ? name : `${path}/${name}`;
    return isDirectory ? pathsBelow(root, below) : [below];
  });
}

function releaseOf(path: string): string {
  const folders = path.split("/").slice(0, -1);
  return folders.map((name) => /^(?:firmware_)?v?(\d+\.\d+.*)$/.exec(name)?.[1])
    .findLast((version) => version !== undefined) ?? folders[0] ?? "(none)";
}

/** The board of a folder of a release, and the role that the file's name says there. */
function owner(path: string): Pick<GenuineFile, "board" | "roles"> {
  const name = basename(path);
  const folder = path.split("/").at(-2) ?? "";
  const board = boards.find((one) => foldersOf(one).includes(folder)) ??
    boards.find((one) => foldersOf(one).some((known) => name.startsWith(`${known}_`)));
  if (board) return { board, roles: board.roles.filter((role) => isNamed(role, name)) };
  // A helper that comes with other tools has a name of its own.
  const owners = boards.map((one) => ({ board: one, roles: one.roles.filter(isCompanion(name)) }))
    .filter(({ roles }) => roles.length > 0);
  return owners[0] ?? { roles: [] };
}

function isNamed({ role, fileNames }: ImageRole, name: string): boolean {
  // Old releases have both in one file, too.
  if (/^openmv\.(bin|dfu)$/.test(name)) return role === "bootloader" || role === "firmware";
  return fileNames.some((known) => known === name || name.endsWith(`_${known}`));
}

function isCompanion(name: string): (role: ImageRole) => boolean {
  return ({ fileNames, comesWith }) =>
    comesWith !== undefined && fileNames.some((known) => basename(known) === name);
}
