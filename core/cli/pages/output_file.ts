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
 * Replaces a file atomically: it contains either the old text or the new one, even if the program
 * is killed. When this returns, the new text is on the disk.
 * @throws UnbrickError `not-found`, `permission`
 */
export function replaceText(path: string, text: string): void {
  const next = `${path}.new`;
  writing(path, () => {
    try {
      const file = Deno.openSync(next, { write: true, create: true, truncate: true });
      try {
        const bytes = new TextEncoder().encode(text);
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
        file.syncSync();
      } finally {
        file.close();
      }
      Deno.renameSync(next, path);
    } catch (error) {
      removeIfThere(next);
      throw error;
    }
  });
}

/**
 * Renames an existing file that is not empty to NAME.1, to make room for a new one.
 * @throws UnbrickError `not-found`, `permission` if the file cannot be created
 */
export function setAside(path: string): void {
  writing(path, () => {
    const probe = Deno.openSync(path, { write: true, create: true });
    const { size, isFile } = probe.statSync();
    probe.close();
    if (!isFile) return;
    if (size > 0) Deno.renameSync(path, `${path}.1`);
    else Deno.removeSync(path);
  });
}

function removeIfThere(path: string): void {
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
    Deno.openSync(path, { write: true, createNew: true }).close();
    try {
      Deno.writeFileSync(path, bytes);
    } catch (error) {
      Deno.removeSync(path); // a partial file is worse than none
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

function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw exists(path);
    throw fileError(path, "written", error);
  }
}

function exists(path: string): UnbrickError {
  return new UnbrickError("usage", text`${path} already exists and will not be overwritten.`, {
    path,
    exists: true,
  });
}
