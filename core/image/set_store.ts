import { join } from "node:path";
import { asUnbrickError, type UnbrickError } from "../errors.ts";
import { folderFiles } from "./files.ts";
import { sha256 } from "./load.ts";
import { setName } from "./manifest.ts";
import { manifestName, type ManifestPack, manifestPack, signatureName } from "./manifest_pack.ts";
import { byVersion } from "./set_version.ts";
import { removeFolder, replaceFolder, withLock, writeDurably } from "./store_disk.ts";
import { maximumEntrySize } from "./zip.ts";

/** An imported set: a folder in the store. */
export interface StoredSet {
  readonly name: string;
  readonly folder: string;
  /** The set, its files not looked at yet; or why its manifest cannot be read. */
  readonly pack: ManifestPack | UnbrickError;
}

/** `5.0.0-1a2b3c4d`: the name of a set, and the start of the hash of its manifest and signature. */
const folderName = /^(.+)-([0-9a-f]{8})$/;
/** What an import that was killed leaves behind begins like this. */
const partial = ".partial-";
const lockName = ".lock";

/**
 * The imported sets of a user, each in a folder of its own. A new set is written beside and renamed
 * when all of it is on the disk; only then an older one of the same name goes. So whenever the power
 * fails, what is there is whole.
 */
export class SetStore {
  /**
   * @param folder Where the sets are; made when the first one is imported.
   * @param write For tests: another way to write a file.
   */
  constructor(readonly folder: string, private readonly write = writeDurably) {}

  /** The sets, newest first: by version, those without one last. None if the folder cannot be read. */
  sets(): StoredSet[] {
    return this.#folders().map(({ name, folder }) => ({ name, folder, pack: open(name, folder) }))
      .toSorted((one, other) => byVersion(versionOf(one), versionOf(other)));
  }

  /**
   * Keeps a set, in place of an older one of this name.
   *
   * @param files By path, the manifest and the signature, if there is one, among them.
   * @returns False if exactly this set was there already, undamaged.
   * @throws UnbrickError `not-found` if the folder cannot be written or the disk is full; the older set
   * is still there then. `busy` while another import runs.
   */
  save(name: string, files: ReadonlyMap<string, Uint8Array>): boolean {
    return withLock(this.folder, lockName, () => {
      const final = join(this.folder, `${name}-${identity(files)}`);
      const older = this.#folders().filter((set) => set.name === name);
      const replaced = older.filter(({ folder }) => folder !== final);
      for (const left of namesIn(this.folder).filter((one) => one.startsWith(partial))) {
        removeFolder(join(this.folder, left));
      }
      const isNew = !holds(final, files);
      if (isNew) this.#write(join(this.folder, `${partial}${name}`), final, files);
      for (const { folder } of replaced) removeFolder(folder);
      return isNew;
    });
  }

  #write(fresh: string, final: string, files: ReadonlyMap<string, Uint8Array>): void {
    try {
      for (const [path, bytes] of files) this.write(join(fresh, path), bytes);
      replaceFolder(fresh, final);
    } catch (error) {
      removeFolder(fresh);
      throw error;
    }
  }

  #folders(): { name: string; folder: string }[] {
    return namesIn(this.folder).toSorted().flatMap((folder) => {
      const [, name] = folderName.exec(folder) ?? [];
      return name !== undefined && setName.test(name)
        ? [{ name, folder: join(this.folder, folder) }]
        : [];
    });
  }
}

function open(name: string, folder: string): ManifestPack | UnbrickError {
  try {
    return manifestPack({
      ...folderFiles(folder, maximumEntrySize),
      name: `the imported set ${name}`,
    });
  } catch (error) {
    return asUnbrickError(error);
  }
}

function versionOf({ pack }: StoredSet): string | undefined {
  return "manifest" in pack ? pack.manifest.version : undefined;
}

function identity(files: ReadonlyMap<string, Uint8Array>): string {
  const parts = [manifestName, signatureName].map((name) =>
    sha256(files.get(name) ?? new Uint8Array())
  );
  return sha256(new TextEncoder().encode(parts.join())).slice(0, 8);
}

/** True if the folder holds exactly these bytes. */
function holds(folder: string, files: ReadonlyMap<string, Uint8Array>): boolean {
  return [...files].every(([path, bytes]) => {
    try {
      return sha256(Deno.readFileSync(join(folder, path))) === sha256(bytes);
    } catch {
      return false;
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}
