import { sha256 } from "../common/sha256.ts";
import { text } from "../common/text.ts";
import { badImage } from "./bad_image.ts";
import type { PackFiles } from "./pack_files.ts";

/** A file of a set that is read when it is needed, so that a large set need not be in memory. */
export interface FileOnDemand {
  /** Size in bytes. */
  readonly size: number;
  /** @throws UnbrickError `bad-image`: it is not what it was when it was checked */
  read(): Uint8Array;
  /** What `read` returns is shared, so that nobody may give its memory back. */
  readonly isShared?: true;
}

export const fileInMemory = (bytes: Uint8Array): FileOnDemand => ({
  size: bytes.length,
  read: () => bytes,
  isShared: true,
});

/** A file as it was checked. */
export function fileOnDemand(
  files: PackFiles,
  path: string,
  checked: { readonly size: number; readonly sha256: string },
): FileOnDemand {
  return {
    size: checked.size,
    ...(files.isFresh ? {} : { isShared: true as const }),
    read() {
      const bytes = files.read(path);
      if (sha256(bytes) === checked.sha256) return bytes;
      throw badImage(files.name, text`it changed while it was being imported`, { entry: path });
    },
  };
}

/** Frees the memory of bytes that nobody uses any more; their length is 0 afterwards. */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Files by path; each is read anew whenever it is asked for. */
export class FilesOnDemand implements ReadonlyMap<string, Uint8Array> {
  constructor(private readonly files: ReadonlyMap<string, FileOnDemand>) {}

  get size(): number {
    return this.files.size;
  }

  /** Of all files together. */
  get bytes(): number {
    return this.files.values().reduce((sum, { size }) => sum + size, 0);
  }

  get(path: string): Uint8Array | undefined {
    return this.files.get(path)?.read();
  }

  /**
   * Reads one file for `work` and gives its memory back at once: the collector of garbage would let
   * several hundred megabytes come together first. Nothing of the bytes may be kept.
   */
  use<T>(path: string, work: (bytes: Uint8Array) => T): T {
    const file = this.files.get(path)!;
    const bytes = file.read();
    try {
      return work(bytes);
    } finally {
      if (!file.isShared) giveBack(bytes);
    }
  }

  has(path: string): boolean {
    return this.files.has(path);
  }

  keys(): MapIterator<string> {
    return this.files.keys();
  }

  *entries(): MapIterator<[string, Uint8Array]> {
    for (const [path, file] of this.files) yield [path, file.read()];
  }

  *values(): MapIterator<Uint8Array> {
    for (const file of this.files.values()) yield file.read();
  }

  [Symbol.iterator](): MapIterator<[string, Uint8Array]> {
    return this.entries();
  }

  forEach(
    work: (bytes: Uint8Array, path: string, map: ReadonlyMap<string, Uint8Array>) => void,
  ): void {
    for (const [path, bytes] of this) work(bytes, path, this);
  }
}
