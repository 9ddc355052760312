import type { Board } from "../family/board.ts";
import { UnbrickError } from "../common/errors.ts";
import type { ImageSet } from "./image_set.ts";
import { boardImages } from "./board_images.ts";
import { loadListedImage, type Manifest, type ManifestFile, parseManifest } from "./manifest.ts";
import type { PackFiles } from "./pack_files.ts";
import { sharedFolders } from "./release_layout.ts";
import { text } from "../common/text.ts";

export const manifestName = "manifest.json";
/** File next to the manifest with its Ed25519 signature, 64 bytes. */
export const signatureName = "manifest.sig";

/** A pack with a manifest that describes each file. */
export interface ManifestSet extends ImageSet {
  readonly manifest: Manifest;
  /** The original manifest, which a signature covers. */
  readonly manifestBytes: Uint8Array;
  /** The signature, not checked yet; undefined if not signed. */
  readonly signature?: Uint8Array;
  readonly files: PackFiles;
  /** Returns what the manifest lists for a board, by role; reads no file. */
  listed(board: Board): ReadonlyMap<string, ManifestFile>;
}

/** Returns true for a pack with a manifest. */
export function hasManifest(pack: ImageSet | Error): pack is ManifestSet {
  return "manifest" in pack;
}

/**
 * Returns a pack with a manifest.
 * @param parse reads the manifest; default: with all checks
 * @throws UnbrickError `bad-image`: the manifest cannot be understood.
 */
export function manifestPack(files: PackFiles, parse = parseManifest): ManifestSet {
  const manifestBytes = files.read(manifestName);
  const manifest = parse(manifestBytes, text`${manifestName} of ${files.name}`);
  const boards = [...new Set(manifest.files.map(({ folder }) => folder))]
    .filter((folder) => !sharedFolders.includes(folder)).toSorted();
  const signature = files.paths.includes(signatureName) ? files.read(signatureName) : undefined;
  const listed = ({ folder, roles }: Board) => {
    if (!boards.includes(folder)) return new Map<string, ManifestFile>();
    const mine = [folder, ...sharedFolders]
      .flatMap((one) => manifest.files.filter((file) => file.folder === one));
    return new Map(roles.flatMap(({ role }) => {
      const file = mine.find((candidate) => candidate.role === role);
      return file ? [[role, file] as const] : [];
    }));
  };
  return {
    origin: files.name,
    listed,
    manifest,
    manifestBytes,
    ...(signature && { signature }),
    files,
    boards: () => boards,
    imagesFor(board, only) {
      if (!boards.includes(board.folder)) {
        throw new UnbrickError(
          "not-found",
          text`${files.name} has no images for the ${board.name} (folder ${board.folder}).`,
          { file: String(files.name), board: board.id, folder: board.folder },
        );
      }
      return boardImages(
        text`folder ${board.folder} of ${files.name}`,
        [...listed(board).values()].filter(({ role }) => only?.has(role) ?? true).map((file) =>
          loadListedImage(files.read(file.path), file, files.sourceOf(file.path))
        ),
      );
    },
  };
}
