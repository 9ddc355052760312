import { join } from "node:path";
import type { Clock } from "../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../common/errors.ts";
import { folderFiles } from "./files.ts";
import { sha256 } from "../common/sha256.ts";
import { setName } from "./manifest.ts";
import { manifestName, manifestPack, type ManifestSet, signatureName } from "./manifest_set.ts";
import type { SetFiles } from "./set_files.ts";
import { byVersion } from "./set_version.ts";
import { removeFolder, replaceFolder, type Waiting, withLock, writeDurably } from "./store_disk.ts";
import { maximumEntrySize } from "./zip.ts";
import { text } from "../common/text.ts";

/** An imported set: a folder in the store. */
export interface StoredSet {
  readonly name: string;
  readonly folder: string;
  /** The set, its files not looked at yet; or why its manifest cannot be read. */
  readonly pack: ManifestSet | UnbrickError;
}

/** How a store writes. */
interface Disk {
  write(path: string, bytes: Uint8Array): void;
  rename(from: string, to: string): void;
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
   * @param disk For tests: another way to write a file, and to rename a folder.
   */
  constructor(
    readonly folder: string,
    private readonly disk: Disk = { write: writeDurably, rename: Deno.renameSync },
  ) {}

  /**
   * The sets, newest first: by version, those without one last. Of several with one name the one that
   * was imported last. None if the folder cannot be read.
   */
  sets(): StoredSet[] {
    return this.#byName().map(([{ name, folder }]) => ({ name, folder, pack: open(name, folder) }))
      .toSorted((one, other) => byVersion(versionOf(one), versionOf(other)));
  }

  /**
   * Older sets of a name that are still there, because the power failed or they could not be removed.
   * They are not used, and the next import removes them.
   */
  replaced(): Pick<StoredSet, "name" | "folder">[] {
    return this.#byName().flatMap(([, ...older]) => older);
  }

  /**
   * Keeps a set, in place of an older one of this name.
   *
   * @param files By path, the manifest and the signature, if there is one, among them.
   * @returns False if exactly this set was there already, undamaged.
   * @throws UnbrickError `not-found` if the folder cannot be written or the disk is full; the older set
   * is still there then. `busy` while another import runs, or another program holds the new files.
   */
  save(name: string, files: SetFiles, waiting: Waiting): Promise<boolean> {
    return withLock(this.folder, lockName, async () => {
      const final = join(this.folder, `${name}-${identity(files)}`);
      for (const left of namesIn(this.folder).filter((one) => one.startsWith(partial))) {
        removeFolder(join(this.folder, left));
      }
      const isNew = !holds(final, files);
      if (isNew) {
        // A name of its own: what an import left behind may not be removable.
        const fresh = `${partial}${name}-${crypto.randomUUID().slice(0, 8)}`;
        await this.#write(join(this.folder, fresh), final, files, waiting);
      } else markLatest(final, waiting.clock);
      const sameName = this.#folders().filter((set) => set.name === name);
      for (const { folder } of [...sameName, ...this.replaced()]) {
        // Whatever the times of the folders say: what was just imported stays.
        if (folder !== final) removeFolder(folder);
      }
      return isNew;
    });
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

  /** The folders of each name, the one that was imported last first. */
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

/** The time of the last entry made in the folder, ms since 1970. */
function importedAt(folder: string): number {
  try {
    return Deno.statSync(folder).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

/** Imported again: it counts as imported now. */
function markLatest(folder: string, clock: Clock): void {
  try {
    Deno.utimeSync(folder, clock.date(), clock.date());
  } catch {
    // It matters only if an older one of this name cannot be removed.
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
