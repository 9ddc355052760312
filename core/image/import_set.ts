import type { Board } from "../family/board.ts";
import type { BoardFamily } from "../family/family.ts";
import { badImage } from "./bad_image.ts";
import type { BoardImages } from "./image.ts";
import { boardImages } from "./board_images.ts";
import { type FileOnDemand, fileOnDemand } from "./files_on_demand.ts";
import { practiceNotes } from "../common/simulation_only.ts";
import { sha256 } from "../common/sha256.ts";
import { type ManifestJson, setName } from "./manifest.ts";
import { manifestPack } from "./manifest_set.ts";
import { noSource } from "./no_source.ts";
import { releaseImages } from "./release.ts";
import { baseName, foldersOf, releaseLayout, sharedFolders } from "./release_layout.ts";
import { filesOf, newSetFiles, type SetFiles } from "./set_files.ts";
import type { ImageSource } from "./source.ts";
import { text, type Words } from "../common/text.ts";

/** A set made from a source: every file that a board uses, after its checks. */
export interface NewSet {
  readonly name: string;
  readonly version?: string;
  readonly files: SetFiles;
  /** The images of each board. */
  readonly boards: readonly ImportedBoard[];
  /** Unused parts of the source, and images for simulated cameras: one sentence each. */
  readonly notes: readonly Words[];
}

export interface ImportedBoard {
  readonly board: Board;
  /** Roles of its images. */
  readonly roles: readonly string[];
  /** Where each of them was taken from, by role, for people. */
  readonly sources: ReadonlyMap<string, string>;
}

/** A board, and its family's check of given images; without a check, nothing is imported for it. */
export interface CheckedBoard {
  readonly board: Board;
  readonly check?: (images: BoardImages) => void;
}

/** Returns every board of these families with its check. */
export function checkedBoards(families: readonly BoardFamily[]): CheckedBoard[] {
  return families.flatMap((family) =>
    family.boards.map((board) => ({
      board,
      ...(family.checkImages &&
        { check: (images: BoardImages) => family.checkImages!(board, images) }),
    }))
  );
}

/**
 * Makes a set from a source. @param name Replaces the source's own name.
 * @throws UnbrickError `bad-image`, `wrong-board`: the first file that is wrong for its role;
 * `bad-image`: nothing for any board.
 */
export function importSet(
  source: ImageSource,
  boards: readonly CheckedBoard[],
  name?: string,
): NewSet {
  const made = source.kind === "set"
    ? takeSet(source, boards, name)
    : collect(source, boards, name ?? usualName(source));
  if (made.boards.length > 0) return made;
  throw noSource(source.files);
}

/**
 * Returns the default name: `5.0.0`, `openmv-ide-4.7.0`, `se-tools`, or the name of the folder or
 * archive.
 */
function usualName({ kind, files, version }: ImageSource): string {
  const prefix = { "set": "", "release": "", "openmv-ide": "openmv-ide", "se-tools": "se-tools" };
  const told = [prefix[kind], version ?? ""].filter(Boolean).join("-");
  if (told) return told;
  const name = String(files.name).replace(/\.zip$/i, "").replace(/[^A-Za-z0-9._+-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "").slice(0, 64);
  return setName.test(name) ? name : "images";
}

/** Imports a set with a manifest unchanged, so that its signature stays valid. */
function takeSet(
  source: ImageSource,
  boards: readonly CheckedBoard[],
  given: string | undefined,
): NewSet {
  const { files } = source;
  const pack = manifestPack(files);
  const { name, version, files: listed } = pack.manifest;
  const found = boards.flatMap(({ board, check }) => {
    if (!pack.boards().includes(board.folder)) return [];
    const images = pack.imagesFor(board);
    check?.(images);
    return [importedBoard(board, images.all.map(({ role, source }) => [role, source]))];
  });
  const used = new Set(
    found.flatMap(({ board, roles }) =>
      roles.flatMap((role) => [board.folder, ...sharedFolders].map((one) => `${one} ${role}`))
    ),
  );
  const unused = listed.filter(({ folder, role }) => !used.has(`${folder} ${role}`));
  return {
    name: given ?? name ?? usualName(source),
    ...(version !== undefined && { version }),
    files: filesOf(pack),
    boards: found,
    notes: [
      ...practiceNotes(listed),
      ...unused.map(({ path }) =>
        text`${path} was imported, but no board in this version of unbrick uses it.`
      ),
    ],
  };
}

function importedBoard(board: Board, taken: readonly [string, string][]): ImportedBoard {
  const sources = new Map(taken);
  return { board, roles: [...sources.keys()], sources };
}

function collect(
  { files, version }: ImageSource,
  boards: readonly CheckedBoard[],
  name: string,
): NewSet {
  const layout = releaseLayout(files);
  const contents = new Map<string, FileOnDemand>();
  const listed: ManifestJson["files"] = [];
  const found = boards.flatMap(({ board, check }) => {
    // Files in no folder that says which board they are for fit every board, and so none.
    const isNamed = foldersOf(board).some((folder) => layout.boards.includes(folder));
    const wanted = board.roles.filter(({ comesWith }) => isNamed || comesWith !== undefined);
    const paths = layout.pathsFor({ ...board, roles: wanted });
    if (!check || paths.size === 0) return [];
    const images = boardImages(
      files.name,
      releaseImages(files, { ...layout, pathsFor: () => paths }, board)
        .map((image) => image.version || !version ? image : { ...image, version }),
    );
    check(images);
    for (const [role, path] of paths) {
      const image = images.get(role)!;
      const shared = sharedFolders.find((folder) => path.split("/").at(-2) === folder);
      const place = `${shared ?? board.folder}/${baseName(path)}`;
      const bytes = files.read(path), checked = { size: bytes.length, sha256: sha256(bytes) };
      const there = listed.find((one) => one.path === place);
      if (there && there.sha256 !== checked.sha256) {
        throw badImage(files.name, text`there is already another file called ${place}`, {
          entry: path,
        });
      }
      if (there) continue;
      contents.set(place, fileOnDemand(files, path, checked));
      listed.push({
        folder: shared ?? board.folder,
        role,
        path: place,
        ...checked,
        version: image.version,
        source: `${files.name}/${path}`,
        licence: "not stated by the source",
        simulationOnly: image.simulationOnly,
      });
    }
    return [importedBoard(board, [...paths].map(([role, path]) => [role, files.sourceOf(path)]))];
  });
  const known = boards.flatMap(({ board }) => foldersOf(board));
  const strangers = layout.boards.filter((folder) => !known.includes(folder));
  return {
    name,
    ...(version !== undefined && { version }),
    files: newSetFiles(
      { name, version, files: listed },
      contents,
      files.name,
    ),
    boards: found,
    notes: [
      ...practiceNotes(listed),
      ...strangers.map((folder) =>
        text`${folder} was skipped: this version of unbrick does not know that board.`
      ),
    ],
  };
}
