import type { Board } from "../family/board.ts";
import type { ImageRole } from "./image.ts";
import type { PackFiles } from "./pack_files.ts";

/**
 * The places of files in a firmware release: one folder for each board (`firmware_v5.0.0.zip`), or
 * the files of one board (`firmware_OPENMV4.zip`); openmv-boards.md 8. A helper from another source
 * (openmv-boards.md 2.3 to 2.5) has a unique name and may be in more places.
 */
export interface ReleaseLayout {
  /** `5.0.0`, from the name of the archive or of its only folder. */
  readonly version?: string;
  /** Folders of boards; empty if there are none. */
  readonly boards: readonly string[];
  /** Returns the folder of a board, with `/` at its end; undefined if there is none. */
  placeOf(board: Board): string | undefined;
  /** Returns the paths of all files for the board, by role. */
  pathsFor(board: Board): ReadonlyMap<string, string>;
  /** The board in the name of the archive, if its files are not in folders. */
  readonly loneBoard?: string;
}

/** Folders of a release with files for several boards (openmv-boards.md 3.6 and 8). */
export const sharedFolders: readonly string[] = ["CYW4343"];

/** Returns the places of the boards' folders in a zip or folder. Pure: reads only names. */
export function releaseLayout(
  { name: words, paths }: Pick<PackFiles, "name" | "paths">,
): ReleaseLayout {
  const name = String(words);
  const base = wrapper(paths);
  const known = new Set(paths);
  const boards = [...new Set(paths.flatMap((path) => boardFolderOf(path, base)))].toSorted();
  const loneBoard = boards.length === 0 ? loneBoardOf(name) : undefined;
  // The shortest path first, so that a copy in a subfolder is not used.
  const byDepth = paths.toSorted((one, other) =>
    depth(one) - depth(other) || (one < other ? -1 : 1)
  );

  function placeOf(board: Board): string | undefined {
    const { folder } = board;
    const named = foldersOf(board).find((name) => boards.includes(name));
    if (named !== undefined) return `${base}${named}/`;
    return boards.length === 0 && foldersOf(board).includes(loneBoard ?? folder) ? base : undefined;
  }

  function find(board: Board, { fileNames, comesWith }: ImageRole): string | undefined {
    const place = placeOf(board);
    const places = [
      ...(place === undefined ? [] : [place]),
      ...sharedFolders.map((folder) => `${base}${folder}/`),
    ];
    const usual = places.flatMap((folder) => fileNames.map((name) => folder + name))
      .find((path) => known.has(path));
    if (usual !== undefined || comesWith === undefined) return usual;
    const names = fileNames.map(baseName);
    return byDepth.find((path) => names.includes(baseName(path)) && isToolPlace(path, base));
  }

  const version = versionIn(base) ?? versionIn(name);
  return {
    ...(version !== undefined && { version }),
    ...(loneBoard !== undefined && { loneBoard }),
    boards: loneBoard === undefined ? boards : [loneBoard],
    placeOf,
    pathsFor: (board) =>
      new Map(board.roles.flatMap((role) => {
        const path = find(board, role);
        return path === undefined ? [] : [[role.role, path]];
      })),
  };
}

/**
 * Returns true for a file where a release or the tools of a vendor have their helpers: at the top, in
 * the folder of a board, or in a folder `alif` (openmv-boards.md 2.3 to 2.5, alif-isp.md C.1).
 */
function isToolPlace(path: string, base: string): boolean {
  if (!path.startsWith(base)) return false;
  const folders = path.slice(base.length).split("/").slice(0, -1);
  return folders.length === 0 || folders.at(-1) === "alif" ||
    folders.length === 1 && boardFolder.test(folders[0]);
}

/** Returns `firmware.bin` for `OPENMV4/firmware.bin`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Returns `5.0.0` for `firmware_v5.0.0.zip`; `5.1.0-rc.1` is another version than `5.1.0`. */
function versionIn(text: string): string | undefined {
  return /v(\d+\.\d+\.\d+(?:-(?:alpha|beta|dev|pre|rc)[.-]?\d*)?)/.exec(text)?.[1]
    .replace(/[.-]$/, "");
}

function depth(path: string): number {
  return path.split("/").length;
}

/** A board's folder as releases name them, older ones too (openmv-runtime.md 4.2). */
export const boardFolder =
  /^((OPENMV|ARDUINO)[A-Z0-9_]*|BORMIO|NANO33|NICLAV|PICO|PORTENTA|RPI_PICO)$/;

/** Names of a board's folder, today's first. */
export function foldersOf({ folder, formerFolders = [] }: Board): readonly string[] {
  return [folder, ...formerFolders];
}

function boardFolderOf(path: string, base: string): string[] {
  const parts = path.slice(base.length).split("/");
  return parts.length > 1 && boardFolder.test(parts[0]) ? [parts[0]] : [];
}

/**
 * `firmware_v5.0.0/`: where the boards' folders lie. Each folder around it contains only the next
 * one and notes, so a folder of downloads with a release somewhere inside is none. Without boards'
 * folders, the folders that everything is inside of.
 */
function wrapper(paths: readonly string[]): string {
  const real = paths.filter((path) => !isSystemFile(path)).map((path) => path.split("/"));
  const around: string[] = [];
  for (let inside = real;;) {
    const below = new Set(inside.flatMap(([first, ...rest]) => rest.length > 0 ? [first] : []));
    if ([...below].some(isReleaseFolder)) return folderPath(around);
    const isWrapped = below.size === 1 &&
      inside.every(([first, ...rest]) => rest.length > 0 || isNote(first));
    if (!isWrapped) return folderPath(commonFolders(real));
    around.push(...below);
    inside = inside.flatMap(([, ...rest]) => rest.length > 0 ? [rest] : []);
  }
}

const folderPath = (parts: readonly string[]) => parts.map((part) => `${part}/`).join("");

/** What people and servers add beside a release: a text, checksums, a signature. */
export function isNote(name: string): boolean {
  return /^(readme|licen[cs]e|notice|sha\d*sums?)\b|\.(txt|md|html?|pdf|json|asc|sig|sha\d+)$/i
    .test(baseName(name));
}

/** Returns true for the name of a folder in a release: a board's, or one for several boards. */
export function isReleaseFolder(name: string): boolean {
  return boardFolder.test(name) || sharedFolders.includes(name);
}

/** The folders that begin all of these paths. */
function commonFolders(paths: readonly (readonly string[])[]): readonly string[] {
  const [first = []] = paths;
  const differs = first.findIndex((part, at) =>
    at === first.length - 1 || paths.some((parts) => parts.length - 1 <= at || parts[at] !== part)
  );
  return first.slice(0, Math.max(0, differs));
}

/** What an operating system adds to archives and folders by itself. */
export function isSystemFile(path: string): boolean {
  return path.startsWith("__MACOSX/") || /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$/.test(path);
}

/** Returns `OPENMV4` for `firmware_OPENMV4.zip` and for a folder of that name. */
export function loneBoardOf(name: string): string | undefined {
  const stem = name.replace(/\.zip$/i, "").replace(/^firmware_/, "");
  return boardFolder.test(stem) ? stem : undefined;
}
