import { join } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import { fileError } from "../../common/file_error.ts";
import { text } from "../../common/text.ts";

/** Files that the command line writes: memory that was read, and reports. */

/**
 * Checks before the work that a file can be written afterwards. @throws UnbrickError `not-found`,
 * `permission`
 */
export function checkWritable(path: string): void {
  writing(path, () => Deno.openSync(path, { write: true, create: true }).close());
}

/**
 * Creates a folder for several files, unless it exists. @throws UnbrickError `not-found`,
 * `permission`
 */
export function makeFolder(path: string): void {
  writing(path, () => {
    Deno.mkdirSync(path, { recursive: true });
    const probe = join(path, ".unbrick-probe");
    Deno.writeTextFileSync(probe, "");
    Deno.removeSync(probe);
  });
}

/** @throws UnbrickError `not-found`, `permission` */
export function writeText(path: string, text: string): void {
  writing(path, () => Deno.writeTextFileSync(path, text));
}

/**
 * Replaces a record as `replaceBytes` does. If that fails, there may be room for one of both only:
 * the old one, which is no longer true, is removed first.
 * @throws UnbrickError `not-found`, `permission`; the old record is gone then, if it can be removed
 */
export function replaceText(path: string, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    replaceBytes(path, bytes);
  } catch {
    removeIfThere(path);
    writing(path, () => writeSafely(path, bytes));
  }
}

/**
 * Replaces a file atomically: it contains either the old bytes or the new ones, even if the program
 * is killed. When this returns, the new ones are on the disk.
 * @throws UnbrickError `not-found`, `permission`
 */
export function replaceBytes(path: string, bytes: Uint8Array): void {
  const next = `${path}.new`;
  writing(path, () => {
    removeIfThere(next); // whatever it is: it is not opened
    try {
      writeSafely(next, bytes);
      Deno.renameSync(next, path);
    } catch (error) {
      removeIfThere(next);
      throw error;
    }
  });
}

/** Writes a file that does not exist, down to the disk; nothing stays of it if that fails. */
function writeSafely(path: string, bytes: Uint8Array): void {
  const file = Deno.openSync(path, { write: true, createNew: true });
  try {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
  } catch (error) {
    removeIfThere(path);
    throw error;
  } finally {
    file.close();
  }
}

/**
 * Makes room for a new file: an existing one that is not empty is renamed to NAME.1.
 * @returns the path to write, which is not a link
 * @throws UnbrickError `usage` for a folder, a device or a pipe, `not-found`, `permission` if the file
 * cannot be created
 */
export function setAside(path: string): string {
  refuseSpecialFile(path);
  return writing(path, () => {
    const probe = Deno.openSync(path, { write: true, create: true });
    const { size } = probe.statSync();
    probe.close();
    const target = Deno.realPathSync(path);
    if (size > 0) Deno.renameSync(target, `${target}.1`);
    else Deno.removeSync(target);
    return target;
  });
}

/** Refuses what cannot be replaced as a whole. Opening a pipe could wait forever. */
function refuseSpecialFile(path: string): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.statSync(path);
  } catch {
    return; // it does not exist, or opening it will tell why not
  }
  if (found.isFile) return;
  throw new UnbrickError(
    "usage",
    found.isDirectory
      ? text`${path} is a folder. Name a file instead.`
      : text`${path} is a device or a pipe. Name a file instead.`,
    { path },
  );
}

/** @throws UnbrickError `not-found`, `permission` */
export function moveFile(from: string, to: string): void {
  writing(to, () => Deno.renameSync(from, to));
}

/** Removes a file, if it is there and can be removed. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // it was never created
  }
}

/**
 * Writes a file that must not exist yet. @throws UnbrickError `usage`, `not-found`, `permission`
 */
export function writeNew(path: string, bytes: Uint8Array): void {
  writing(path, () => {
    createNew(path);
    try {
      Deno.writeFileSync(path, bytes);
    } catch (error) {
      Deno.removeSync(path); // a partial file is worse than none
      throw error;
    }
  });
}

/**
 * Writes a file that must not exist yet, atomically: it appears with all its bytes, which are on the
 * disk when this returns, or not at all.
 * @throws UnbrickError `usage`, `not-found`, `permission`
 */
export function placeNew(path: string, bytes: Uint8Array): void {
  const next = `${path}.new`;
  writing(path, () => {
    removeIfThere(next); // whatever it is: it is not opened
    writeSafely(next, bytes);
    try {
      createNew(path);
      Deno.renameSync(next, path);
    } catch (error) {
      removeIfThere(next);
      throw error;
    }
  });
}

/**
 * Checks before the work that nothing exists at a path and that something can be written there
 * afterwards.
 * @throws UnbrickError `usage` if something exists there, `not-found`
 */
export function checkNew(path: string): void {
  writeNew(path, new Uint8Array());
  Deno.removeSync(path);
}

function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnbrickError) throw error;
    throw fileError(path, "written", error);
  }
}

function createNew(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const message = text`${path} already exists and will not be overwritten.`;
    throw new UnbrickError("usage", message, { path, exists: true });
  }
}
