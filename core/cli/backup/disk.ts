import { join } from "node:path";
import { exists, isFile, readFile } from "../../image/files.ts";
import { checkNew, makeFolder, moveFile, replaceBytes } from "../pages/output_file.ts";

/** Where a backup is made: the file FILE.zip, and the folder FILE.zip.part until the run has ended. */
export interface BackupDisk {
  /** Returns the bytes of a file in the folder; undefined if there is none. */
  part(name: string): Uint8Array | undefined;
  /** Replaces a file in the folder; when this returns, it is on the disk. */
  putPart(name: string, bytes: Uint8Array): void;
  /** Removes files from the folder. */
  dropParts(names: readonly string[]): void;
  hasFolder(): boolean;
  /** Removes the folder, if there is one. */
  dropFolder(): void;
  /** Returns the bytes of FILE.zip; undefined if there is none. */
  zip(): Uint8Array | undefined;
  /** Replaces FILE.zip; when this returns, it is on the disk. */
  putZip(bytes: Uint8Array): void;
  /** Renames FILE.zip to FILE.zip.1, or the next free number. */
  setZipAside(): void;
  /** @throws UnbrickError if FILE.zip exists, or nothing can be written there */
  requireNew(): void;
}

/** Returns the disk for a file name. */
export function realDisk(file: string): BackupDisk {
  const folder = `${file}.part`;
  const contents = (path: string) => isFile(path) ? readFile(path, Infinity) : undefined;
  const remove = (path: string) => {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch {
      // it is not there, or in use: the backup is whole all the same
    }
  };
  return {
    part: (name) => contents(join(folder, name)),
    putPart(name, bytes) {
      makeFolder(folder);
      replaceBytes(join(folder, name), bytes);
    },
    dropParts: (names) => names.forEach((name) => remove(join(folder, name))),
    hasFolder: () => exists(folder),
    dropFolder: () => remove(folder),
    zip: () => contents(file),
    putZip: (bytes) => replaceBytes(file, bytes),
    setZipAside() {
      let number = 1;
      while (isFile(`${file}.${number}`)) number++;
      moveFile(file, `${file}.${number}`);
    },
    requireNew: () => checkNew(file),
  };
}

/** Returns a disk that keeps nothing. */
export function noDisk(): BackupDisk {
  const none = () => undefined;
  return {
    part: none,
    putPart() {},
    dropParts() {},
    hasFolder: () => false,
    dropFolder() {},
    zip: none,
    putZip() {},
    setZipAside() {},
    requireNew() {},
  };
}
