import { families } from "../../tests/support/boards/families.ts";
import { sha256 } from "../../core/common/sha256.ts";
import type { Board } from "../../core/family/board.ts";
import { inMemory } from "../../core/image/byte_source.ts";
import { checkedBoards, importSet } from "../../core/image/import_set.ts";
import { manifestName, signatureName } from "../../core/image/manifest_set.ts";
import type { ManifestJson } from "../../core/image/manifest.ts";
import type { PackFiles } from "../../core/image/pack_files.ts";
import { baseName } from "../../core/image/release_layout.ts";
import { readPrivateKey, signManifest } from "../../core/image/signature.ts";
import { zipFiles } from "../../core/image/zip.ts";
import type { Lock, LockedArchive, LockedFile } from "./lock_file.ts";

/** What the program embeds of a lock: the accepted images as a set, and what was left out. */
export interface LockedSet {
  /** By path: the manifest, the images, and the signature if there is a key. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files whose licence the maintainer refused. */
  readonly refused: readonly LockedFile[];
}

/** Gets an archive of the lock. @throws Error with its address and the reason */
export type GetArchive = (archive: LockedArchive) => Promise<Uint8Array>;

/** Name of the real images in the program, for `images verify` and `images export`. */
export const lockedSetName = (version: string): string => `bundled-${version}`;

/**
 * Makes the set of all accepted files, each checked against the lock and as a run would check it.
 * @param key An Ed25519 private key in PEM, to sign the set.
 * @throws Error or UnbrickError that names the file and the reason
 */
export async function lockedSet(lock: Lock, get: GetArchive, key?: Uint8Array): Promise<LockedSet> {
  const isAccepted = ({ licence }: LockedFile) =>
    lock.licences.find(({ id }) => id === licence)!.decision === "accepted";
  const accepted = lock.files.filter(isAccepted);
  const refused = lock.files.filter((file) => !isAccepted(file));
  if (accepted.length === 0) return { files: new Map(), refused };
  const contents = await contentsOf(lock, accepted, get);
  const made = importSet(
    { kind: "release", files: packOf(contents), version: lock.version },
    checkedBoards(families),
    lockedSetName(lock.version),
  );
  const manifest = described(made.files.get(manifestName)!, lock);
  const practice = manifest.files.find(({ simulationOnly }) => simulationOnly);
  if (practice) throw new Error(`${practice.source}: it is for simulated cameras only`);
  const lost = accepted.find((file) => !manifest.files.some((one) => isOf(file, one)));
  if (lost) throw new Error(`${sourceOf(lost)}: the board ${lost.board} does not use it`);
  const bytes = new TextEncoder().encode(JSON.stringify(manifest, null, 2) + "\n");
  const images = [...made.files].filter(([path]) => path !== manifestName);
  return {
    files: new Map([
      [manifestName, bytes],
      ...(key
        ? [[signatureName, signManifest(bytes, readPrivateKey(key, "the key"))] as const]
        : []),
      ...images,
    ]),
    refused,
  };
}

/** Returns the accepted files by their path in a release, each with its size and hash checked. */
async function contentsOf(
  { archives }: Lock,
  accepted: readonly LockedFile[],
  get: GetArchive,
): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (const archive of archives) {
    const files = accepted.filter((file) => file.archive === archive.address);
    if (files.length === 0) continue;
    const bytes = await get(archive);
    refuseOther(archive, bytes, archive.address);
    const zip = files.some(({ path }) => path !== undefined)
      ? zipFiles(inMemory(bytes), archive.address)
      : undefined;
    for (const file of files) {
      const content = file.path === undefined ? bytes : zip!.read(file.path);
      refuseOther(file, content, sourceOf(file));
      contents.set(placeOf(file), content);
    }
  }
  return contents;
}

/** Compares bytes with the lock. @throws Error with both values */
export function refuseOther(
  locked: { readonly size: number; readonly sha256: string },
  bytes: Uint8Array,
  name: string,
): void {
  if (bytes.length !== locked.size) {
    throw new Error(`${name}: it has ${bytes.length} bytes, but the lock says ${locked.size}`);
  }
  const computed = sha256(bytes);
  if (computed !== locked.sha256) {
    throw new Error(`${name}: its SHA-256 is ${computed}, but the lock says ${locked.sha256}`);
  }
}

const boards: readonly Board[] = families.flatMap((family) => family.boards);
const boardOf = (id: string) => boards.find((board) => board.id === id)!;

/** Where the file is in a release: `OPENMV4/firmware.bin`. */
function placeOf({ board, role }: LockedFile): string {
  const { folder, roles } = boardOf(board);
  return `${folder}/${baseName(roles.find((one) => one.role === role)!.fileNames[0])}`;
}

function sourceOf({ archive, path }: LockedFile): string {
  return path === undefined ? archive : `${archive}/${path}`;
}

function isOf({ board, role }: LockedFile, one: ManifestJson["files"][number]): boolean {
  return boardOf(board).folder === one.folder && role === one.role;
}

/** Returns the manifest with the sources and licences of the lock. */
function described(bytes: Uint8Array, { files, licences }: Lock): ManifestJson {
  const manifest: ManifestJson = JSON.parse(new TextDecoder().decode(bytes));
  return {
    ...manifest,
    files: manifest.files.map((one) => {
      const file = files.find((file) => isOf(file, one))!;
      const { licence } = licences.find(({ id }) => id === file.licence)!;
      return { ...one, source: sourceOf(file), licence };
    }),
  };
}

function packOf(contents: ReadonlyMap<string, Uint8Array>): PackFiles {
  return {
    name: "images.lock.json",
    paths: [...contents.keys()],
    read: (path) => contents.get(path)!,
    sourceOf: (path) => path,
  };
}
