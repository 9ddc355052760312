import { basename, join, resolve, sep } from "node:path";
import { type Clock, withDeadline } from "../common/clock.ts";
import { isKind, UnbrickError } from "../common/errors.ts";
import { fileError } from "../common/file_error.ts";
import { byteSize } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import type { ByteSource } from "./byte_source.ts";
import type { PackFiles } from "./pack_files.ts";
import { text } from "../common/text.ts";

/** The only file of core/image that reads the disk. */

/** Levels of folders that are searched: the given one, a release inside it, its boards. */
const maximumDepth = 3;
/** Most files; a folder with more is something else, such as a home folder. Chosen by unbrick. */
const maximumFiles = 5000;

/** How long the disk may take for one file or folder that a command names, ms. Chosen by unbrick. */
const diskMs = 10_000;
/** Most files and folders that are tried for one command. Chosen by unbrick. */
const maximumTried = 200;
/** Bytes of each file that are read to see whether its disk answers. Chosen by unbrick. */
const triedBytes = 1 << 16;

/**
 * Reads the beginning of what the words of a command line name, on other threads: a disk that does not
 * answer would block this program for good. Words that name nothing that can be read are left to those
 * who need them.
 * @param clock the system's: this waits for the operating system
 * @throws UnbrickError `timeout` if a file or folder takes 10 s; `cancelled` when the signal aborts
 */
export async function tryReading(
  words: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let left = maximumTried;
  const tryPath = async (path: string, depth: number): Promise<void> => {
    if (left-- <= 0) return;
    const names = await inTime(path, clock, signal);
    if (depth === 0) return;
    for (const name of names) await tryPath(join(path, name), depth - 1);
  };
  for (const word of words) {
    if (/^-[^=]*$/.test(word)) continue; // an option without a value
    await tryPath(word.replace(/^([a-z0-9-]+=)+/i, ""), maximumDepth); // ROLE=FILE, --option=FILE
  }
}

async function inTime(path: string, clock: Clock, signal: AbortSignal): Promise<string[]> {
  try {
    const work = () => readBeginning(path).catch(() => []);
    return await withDeadline(clock, { ms: diskMs, what: path, signal }, work);
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    throw new UnbrickError(
      "timeout",
      text`The disk does not answer: ${path} was not read within ${diskMs / 1000} s.`,
      { unreadPath: path },
    );
  }
}

/** Reads the beginning of a file, or of the list of a folder. @returns the names in the folder */
async function readBeginning(path: string): Promise<string[]> {
  const { isFile, isDirectory } = await Deno.stat(path);
  if (isFile) {
    using file = await Deno.open(path); // Deno.readFile would open it on the program's own thread
    await file.read(new Uint8Array(triedBytes));
  }
  const names: string[] = [];
  if (!isDirectory) return names;
  for await (const { name } of Deno.readDir(path)) {
    if (names.push(name) === maximumTried) break;
  }
  return names;
}

/**
 * Returns true for a folder. @throws UnbrickError `not-found` if the path does not exist or cannot
 * be read.
 */
export function isFolder(path: string): boolean {
  return reading(path, () => Deno.statSync(path)).isDirectory;
}

/** Returns true if a file exists; false also if the folder may not be read. */
export function isFile(path: string): boolean {
  return target(path)?.isFile ?? false;
}

/** Returns true if a file or folder exists; false also if the folder that contains it may not be read. */
export function exists(path: string): boolean {
  return target(path) !== undefined;
}

/**
 * Reads a file. @throws UnbrickError `not-found` if it does not exist or cannot be read;
 * `bad-image` if it is not a file or has more than `maximum` bytes.
 */
export function readFile(path: string, maximum: number): Uint8Array {
  sizeOf(path, maximum);
  return reading(path, () => Deno.readFileSync(path));
}

/** Size of a file in bytes. @throws UnbrickError as `readFile` */
function sizeOf(path: string, maximum: number): number {
  const name = basename(path);
  const { isFile, size } = reading(path, () => Deno.statSync(path));
  if (!isFile) throw badImage(name, text`it is not a file`, {}, { path, isFile: false });
  if (size > maximum) {
    throw badImage(
      name,
      text`it has ${byteSize(size)}, more than the limit of
      ${byteSize(maximum)}`,
      {
        offset: maximum,
      },
      { path, size },
    );
  }
  return size;
}

/**
 * A file that is read by position, so that it need not fit in memory.
 * @throws UnbrickError as `readFile`; `read` too
 */
export function fileSource(path: string, maximum: number): ByteSource {
  const size = sizeOf(path, maximum);
  return {
    size,
    read: (offset, length) =>
      reading(path, () => {
        using file = Deno.openSync(path);
        file.seekSync(offset, Deno.SeekMode.Start);
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let at = 0;
        while (at < bytes.length) {
          const count = file.readSync(bytes.subarray(at));
          if (count === null) break;
          at += count;
        }
        return bytes.subarray(0, at);
      }),
  };
}

/**
 * Returns a folder as a pack. Symbolic links are followed only inside the folder.
 *
 * @param limit Bytes of the largest file that `read` takes if it is not told otherwise.
 * @throws UnbrickError `not-found`; `bad-image` for more than 5000 files, or in `read` for a link
 * to a place outside the folder.
 */
export function folderFiles(folder: string, limit: number): PackFiles {
  const name = basename(resolve(folder));
  const root = reading(folder, () => Deno.realPathSync(folder));
  const paths = new Set(filesBelow(root, ""));
  return {
    name,
    isFresh: true,
    paths: [...paths],
    read(path, maximum = limit) {
      const full = join(root, path);
      if (!paths.has(path)) {
        throw new UnbrickError("not-found", text`There is no file ${path} in ${folder}.`, { path });
      }
      const real = reading(full, () => Deno.realPathSync(full));
      if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
        throw badImage(name, text`it is a symbolic link to a place outside the folder`, {
          entry: path,
        });
      }
      return readFile(real, maximum);
    },
    sourceOf: (path) => join(folder, path),
  };
}

function filesBelow(root: string, path: string, depth = 0, found: string[] = []): string[] {
  for (const entry of readingFolder(join(root, path))) {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    const kind = entry.isSymlink ? target(join(root, below)) : entry;
    if (kind?.isDirectory && depth < maximumDepth) filesBelow(root, below, depth + 1, found);
    else if (kind?.isFile) found.push(below);
    if (found.length > maximumFiles) {
      throw badImage(
        basename(root),
        text`it contains more than ${maximumFiles} files, so it is not a firmware release`,
      );
    }
  }
  return found;
}

function readingFolder(folder: string): Deno.DirEntry[] {
  return reading(folder, () => [...Deno.readDirSync(folder)]);
}

/** Returns what a path leads to, also through symbolic links; undefined if it does not exist. */
function target(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** Runs `read`; an error of the operating system becomes `not-found` or `permission`. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UnbrickError("not-found", text`There is no file or folder ${path}.`, { path });
    }
    throw fileError(path, "read", error);
  }
}
