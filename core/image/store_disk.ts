import { dirname, join } from "node:path";
import type { Clock } from "../common/clock.ts";
import { UnbrickError } from "../common/errors.ts";
import { text, type Words } from "../common/text.ts";

/** The only file of core/image that writes to the disk, and waits until the data is there. */

/**
 * Writes a new file and its folders, and waits until it is on the disk. @throws UnbrickError
 * `not-found`
 */
export function writeDurably(path: string, bytes: Uint8Array): void {
  writing(dirname(path), () => {
    Deno.mkdirSync(dirname(path), { recursive: true });
    using file = Deno.openSync(path, { write: true, createNew: true });
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
  });
}

/**
 * Longest wait for a virus scanner, which keeps new files open for some seconds, ms. Chosen by
 * unbrick.
 */
const HELD_MS = 10_000;
const RETRY_MS = 100;
/** Error codes of Windows for a folder in which another program has a file open. */
const held = ["EACCES", "EBUSY", "EPERM", "ENOTEMPTY"];

/** The clock and the signal for waits. */
export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

type Rename = (from: string, to: string) => void;

/** What did not happen if the disk refuses. */
const notImported = text`Nothing was imported`;
const notRemoved = text`The set was not removed`;

/**
 * Renames a folder whose files are new, replacing another one. While another program uses files in
 * it, it tries again.
 * @param rename For tests: replaces renaming.
 * @throws UnbrickError `not-found`; `busy` after 10 s; `cancelled`
 */
export async function replaceFolder(
  from: string,
  to: string,
  waiting: Waiting,
  rename: Rename = Deno.renameSync,
): Promise<void> {
  writing(dirname(to), () => syncTree(from));
  await renameHeld(from, to, waiting, rename, notImported);
}

/**
 * Removes a folder as a whole: it loses its name first, so that no half of it is ever found.
 * @param to The name that it has while it is being removed.
 * @throws UnbrickError as `replaceFolder`
 */
export async function removeAsWhole(
  from: string,
  to: string,
  waiting: Waiting,
  rename: Rename = Deno.renameSync,
): Promise<void> {
  await renameHeld(from, to, waiting, rename, notRemoved);
  removeFolder(to);
}

async function renameHeld(
  from: string,
  to: string,
  { clock, signal }: Waiting,
  rename: Rename,
  failed: Words,
): Promise<void> {
  const until = clock.now() + HELD_MS;
  while (true) {
    try {
      // Only a damaged set with the same content can be there.
      if (isThere(to)) Deno.removeSync(to, { recursive: true });
      rename(from, to);
      return syncFolder(dirname(to));
    } catch (error) {
      if (!held.includes(codeOf(error))) throw unwritable(dirname(to), error, failed);
      if (clock.now() >= until) throw heldByAnother(dirname(to), error, failed);
    }
    await clock.sleep(RETRY_MS, signal);
  }
}

/** Removes a folder if it exists; leaves what cannot be removed. */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It does no harm.
  }
}

/**
 * Runs `work` while no other program has the lock, which is created with its folder if necessary.
 * @throws UnbrickError `busy`, `not-found`
 */
export async function withLock<T>(
  folder: string,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  using lock = writing(folder, () => {
    Deno.mkdirSync(folder, { recursive: true });
    return Deno.openSync(join(folder, name), { write: true, create: true });
  });
  if (!lock.tryLockSync(true)) {
    throw new UnbrickError("busy", text`Another unbrick is changing the image sets in ${folder}.`, {
      folder,
    });
  }
  return await work();
}

/** Writes the names in a folder and its subfolders to the disk. */
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
    // Windows cannot open a folder.
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
    throw unwritable(folder, error);
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "";
}

function unwritable(folder: string, cause: unknown, failed: Words = notImported): UnbrickError {
  if (cause instanceof UnbrickError) return cause;
  const isFull = diskFull.includes(codeOf(cause));
  const reason = isFull
    ? text`the disk is full`
    : cause instanceof Error
    ? cause.message
    : String(cause);
  return new UnbrickError(
    "not-found",
    text`${failed}: ${folder} cannot be written (${reason}).`,
    { folder, full: isFull },
    { cause },
  );
}

function heldByAnother(folder: string, cause: unknown, failed: Words): UnbrickError {
  return new UnbrickError(
    "busy",
    text`${failed}: another program is using files in ${folder}, or they belong to another user.`,
    { folder },
    { cause },
  );
}
