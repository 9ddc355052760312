import { concat } from "../common/bytes.ts";
import { fatFiles } from "./fat_files.ts";
import { romfsFiles } from "./romfs_files.ts";
import type { FileSystem } from "./stored_file.ts";

/** What a stretch of one of a camera's memories held. */
export interface MemoryPart {
  /** As in a backup: `flash`, `qspi`. */
  readonly memory: string;
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A file system and where it begins. */
export interface FoundFileSystem extends FileSystem {
  readonly memory: string;
  readonly address: number;
}

/** Every file system of the cameras begins on such a boundary, bytes (openmv-runtime.md 3.1, 3.5). */
const BOUNDARY = 4096;

/**
 * Finds the file systems in what was read from a camera. They are looked for everywhere, not only
 * where today's firmware has them: older firmware had them elsewhere, and one may be larger than its
 * region of today (openmv-runtime.md 3.1, 3.3).
 */
export function fileSystemsIn(parts: readonly MemoryPart[]): FoundFileSystem[] {
  return adjoining(parts).flatMap(({ memory, address, bytes }) => {
    const found: FoundFileSystem[] = [];
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      const one = fatFiles(rest) ?? romfsFiles(rest);
      if (one) found.push({ ...one, memory, address: address + at });
      at += Math.max(1, Math.ceil((one?.size ?? 0) / BOUNDARY)) * BOUNDARY;
    }
    return found;
  });
}

/** Joins parts that follow one another in a memory. */
function adjoining(parts: readonly MemoryPart[]): MemoryPart[] {
  const sorted = parts.toSorted((a, b) =>
    a.memory < b.memory ? -1 : a.memory > b.memory ? 1 : a.address - b.address
  );
  const joined: { memory: string; address: number; end: number; pieces: Uint8Array[] }[] = [];
  for (const { memory, address, bytes } of sorted) {
    const last = joined.at(-1);
    if (last?.memory === memory && last.end === address) {
      last.pieces.push(bytes);
      last.end += bytes.length;
    } else joined.push({ memory, address, end: address + bytes.length, pieces: [bytes] });
  }
  return joined.map(({ memory, address, pieces }) => ({ memory, address, bytes: concat(pieces) }));
}
