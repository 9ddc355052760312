import { type Zippable, zipSync } from "fflate";

/**
 * The first date that a zip can contain, in local time like all its dates: the same bytes
 * everywhere.
 */
const firstDay = new Date(1980, 0, 1);

/** Returns a zip of these files, in their order: the same files give the same bytes. */
export function makeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = Object.fromEntries(
    [...files].map(([path, bytes]) => [path, [bytes, { mtime: firstDay, level: 6, os: 3 }]]),
  );
  return zipSync(entries);
}
