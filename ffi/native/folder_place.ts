import { dirname, join } from "node:path";
import type { LibraryPlace } from "./place.ts";

/** Access rights of group and others; their write rights; and the sticky bit. */
const OTHERS = 0o077, OTHERS_WRITE = 0o022, STICKY = 0o1000;
const ROOT = 0;

/**
 * Returns a private folder of this user under `base` (Linux, macOS). Nobody else may enter or
 * replace it; it is checked before each use. The file has a random name and is removed after
 * loading (host-systems.md 5.3).
 */
export function folderPlace(base: string): LibraryPlace {
  const folder = join(base, "unbrick-lib");
  return {
    name: base,
    load(bytes, fileName, open) {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      requirePrivate(folder);
      const path = join(folder, `${crypto.randomUUID()}-${fileName}`);
      try {
        Deno.writeFileSync(path, bytes, { createNew: true, mode: 0o600 });
        requireOwned(folder, Deno.lstatSync(path).uid!);
        return open(path);
      } finally {
        removeIfThere(path);
      }
    },
  };
}

/** Refuses a link, and a folder that others may enter. */
function requirePrivate(folder: string): void {
  const { isDirectory, mode } = Deno.lstatSync(folder);
  if (!isDirectory) throw new Error(`${folder} is a link`);
  if ((mode! & OTHERS) !== 0) throw new Error(`${folder} is open to other users`);
}

/**
 * Refuses a folder that does not belong to `user`, and one that others can rename: one of the
 * folders above it belongs to another user, or is writable by others and not sticky.
 */
function requireOwned(folder: string, user: number): void {
  if (Deno.lstatSync(folder).uid !== user) throw new Error(`${folder} belongs to another user`);
  for (let above = dirname(Deno.realPathSync(folder));; above = dirname(above)) {
    const { uid, mode } = Deno.lstatSync(above);
    const isTrusted = uid === user || uid === ROOT;
    if (!isTrusted || ((mode! & OTHERS_WRITE) !== 0 && (mode! & STICKY) === 0)) {
      throw new Error(`another user may replace what is in ${above}`);
    }
    if (above === dirname(above)) return;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never created.
  }
}
