import { dirname, join } from "node:path";
import { UnbrickError } from "../errors.ts";

/** The only file of core/image that writes to the disk. What it has written stays there. */

/** Writes a new file, and its folders, and waits until it is on the disk. @throws UnbrickError `not-found` */
export function writeDurably(path: string, bytes: Uint8Array): void {
  writing(dirname(path), () => {
    Deno.mkdirSync(dirname(path), { recursive: true });
    using file = Deno.openSync(path, { write: true, createNew: true });
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
  });
}

/** Puts a folder where another one may be. @throws UnbrickError `not-found` */
export function replaceFolder(from: string, to: string): void {
  writing(dirname(to), () => {
    syncTree(from);
    // Only a damaged set of the very same content can be there.
    if (isThere(to)) Deno.removeSync(to, { recursive: true });
    Deno.renameSync(from, to);
    syncFolder(dirname(to));
  });
}

/** Removes a folder if it is there; what cannot be removed is left. */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It is in nobody's way.
  }
}

/**
 * Does `work` while no other program has the lock; made anew with its folder if need be.
 * @throws UnbrickError `busy`, `not-found`
 */
export function withLock<T>(folder: string, name: string, work: () => T): T {
  using lock = writing(folder, () => {
    Deno.mkdirSync(folder, { recursive: true });
    return Deno.openSync(join(folder, name), { write: true, create: true });
  });
  if (!lock.tryLockSync(true)) {
    throw new UnbrickError("busy", `Another unbrick is importing into ${folder}.`, { folder });
  }
  return work();
}

/** The names in a folder, and in those below, get onto the disk. */
function syncTree(path: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) syncTree(join(path, name));
  }
  syncFolder(path);
}

function syncFolder(path: string): void {
  try {
    using folder = Deno.openSync(path);
    folder.syncSync();
  } catch {
    // Windows: a folder cannot be opened.
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

const diskFull = ["ENOSPC", "EDQUOT"];

function writing<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnbrickError) throw error;
    const code = (error as { code?: string }).code ?? "";
    const reason = diskFull.includes(code)
      ? "the disk is full"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new UnbrickError(
      "not-found",
      `Nothing was imported: ${folder} cannot be written (${reason}).`,
      { folder, full: diskFull.includes(code) },
      { cause: error },
    );
  }
}
