import { join } from "node:path";
import type { Clock } from "../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../common/errors.ts";
import { folderFiles } from "./files.ts";
import { sha256 } from "../common/sha256.ts";
import { setName } from "./manifest.ts";
import { manifestName, manifestPack, type ManifestSet, signatureName } from "./manifest_set.ts";
import type { SetFiles } from "./set_files.ts";
import { byVersion } from "./set_version.ts";
import { removeAsWhole, removeFolder, replaceFolder } from "./store_disk.ts";
import { type Waiting, withLock, writeDurably } from "./store_disk.ts";
import { maximumEntrySize } from "./zip.ts";
import { text } from "../common/text.ts";

/** An imported set: a folder in the store. */
export interface StoredSet {
  readonly name: string;
  readonly folder: string;
  /** The set, with unchecked files; or why its manifest cannot be read. */
  readonly pack: ManifestSet | UnbrickError;
}

/** How a store writes. */
interface Disk {
  write(path: string, bytes: Uint8Array): void;
  rename(from: string, to: string): void;
}

/** `5.0.0-1a2b3c4d`: the name of a set, and the start of the hash of its manifest and signature. */
const folderName = /^(.+)-([0-9a-f]{8})$/;
/** Start of the name that an interrupted import, or a removal, leaves behind. */
const partial = ".partial-";
const lockName = ".lock";

/**
 * The imported sets of a user, each in its own folder. A new set is written to a temporary folder,
 * which is renamed when all of it is on the disk; only then is an older one of the same name
 * removed. So every set is complete, even after a power failure.
 */
export class SetStore {
  /**
   * @param folder The folder of the sets; created at the first import.
   * @param disk For tests: replaces writing a file and renaming a folder.
   */
  constructor(
    readonly folder: string,
    private readonly disk: Disk = { write: writeDurably, rename: Deno.renameSync },
  ) {}

  /**
   * Returns the sets, newest first: by version, those without one last. Of several with the same
   * name, the one imported last. None if the folder cannot be read.
   */
  sets(): StoredSet[] {
    return this.#byName().map(([{ name, folder }]) => ({ name, folder, pack: open(name, folder) }))
      .toSorted((one, other) => byVersion(versionOf(one), versionOf(other)));
  }

  /**
   * Returns older sets of the same name that remain after a power failure or because they could not
   * be removed. They are not used, and the next import removes them.
   */
  replaced(): Pick<StoredSet, "name" | "folder">[] {
    return this.#byName().flatMap(([, ...older]) => older);
  }

  /**
   * Stores a set in place of an older one of this name.
   *
   * @param files By path, including the manifest and the signature, if there is one.
   * @returns false if exactly this set was already there, undamaged.
   * @throws UnbrickError `not-found` if the folder cannot be written or the disk is full; the older
   * set is kept then. `busy` while another import runs, or another program uses the new files.
   */
  save(name: string, files: SetFiles, waiting: Waiting): Promise<boolean> {
    return withLock(this.folder, lockName, async () => {
      const final = join(this.folder, `${name}-${identity(files)}`);
      for (const left of namesIn(this.folder).filter((one) => one.startsWith(partial))) {
        removeFolder(join(this.folder, left));
      }
      const isNew = !holds(final, files);
      if (isNew) {
        await this.#write(this.#fresh(name), final, files, waiting);
      } else markLatest(final, waiting.clock);
      const sameName = this.#folders().filter((set) => set.name === name);
      for (const { folder } of [...sameName, ...this.replaced()]) {
        // The new set stays, whatever the times of the folders are.
        if (folder !== final) removeFolder(folder);
      }
      return isNew;
    });
  }

  /**
   * Removes every set of this name, replaced ones and unreadable ones too.
   * @returns their folders; none if there is no set of this name
   * @throws UnbrickError `not-found` if the folder cannot be written; `busy` as `save`; `cancelled`
   */
  remove(name: string, waiting: Waiting): Promise<string[]> {
    return withLock(this.folder, lockName, async () => {
      const folders = this.#folders().filter((set) => set.name === name);
      for (const { folder } of folders) {
        await removeAsWhole(folder, this.#fresh(name), waiting, this.disk.rename);
      }
      return folders.map(({ folder }) => folder);
    });
  }

  /** Returns a unique temporary name: the remains of an earlier import may not be removable. */
  #fresh(name: string): string {
    return join(this.folder, `${partial}${name}-${crypto.randomUUID().slice(0, 8)}`);
  }

  async #write(
    fresh: string,
    final: string,
    files: SetFiles,
    waiting: Waiting,
  ): Promise<void> {
    try {
      for (const path of files.keys()) {
        files.use(path, (bytes) => this.disk.write(join(fresh, path), bytes));
      }
      await replaceFolder(fresh, final, waiting, this.disk.rename);
    } catch (error) {
      removeFolder(fresh);
      throw error;
    }
  }

  /** Returns the folders of each name, the one imported last first. */
  #byName(): { name: string; folder: string }[][] {
    return [...Map.groupBy(this.#folders(), ({ name }) => name).values()].map((folders) =>
      folders.toSorted((one, other) => importedAt(other.folder) - importedAt(one.folder))
    );
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

function open(name: string, folder: string): ManifestSet | UnbrickError {
  try {
    return manifestPack({
      ...folderFiles(folder, maximumEntrySize),
      name: text`the imported set ${name}`,
    });
  } catch (error) {
    return asUnbrickError(error);
  }
}

function versionOf({ pack }: StoredSet): string | undefined {
  return "manifest" in pack ? pack.manifest.version : undefined;
}

function identity(files: SetFiles): string {
  const parts = [manifestName, signatureName].map((name) =>
    sha256(files.get(name) ?? new Uint8Array())
  );
  return sha256(new TextEncoder().encode(parts.join())).slice(0, 8);
}

/** Returns the time of the last entry created in the folder, ms since 1970. */
function importedAt(folder: string): number {
  try {
    return Deno.statSync(folder).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

/** Makes a set count as imported now. */
function markLatest(folder: string, clock: Clock): void {
  try {
    Deno.utimeSync(folder, clock.date(), clock.date());
  } catch {
    // This matters only if an older one of this name cannot be removed.
  }
}

/** True if the folder holds exactly these bytes. */
function holds(folder: string, files: SetFiles): boolean {
  for (const path of files.keys()) {
    try {
      const there = sha256(Deno.readFileSync(join(folder, path)));
      if (there !== files.use(path, sha256)) return false;
    } catch {
      return false;
    }
  }
  return true;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}
