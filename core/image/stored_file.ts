import type { Words } from "../common/text.ts";

/** A file of a file system that was read from a camera. */
export interface StoredFile {
  /** As the file system has it: `lib/face.py`. It may be anything, `..` too: see `safePaths`. */
  readonly path: string;
  /** Bytes that `read` returns. */
  readonly size: number;
  /** What is wrong with it; `read` returns what can be read then. */
  readonly damage?: Words;
  read(): Uint8Array;
}

/** A file system and its files. */
export interface FileSystem {
  /** "FAT12", "FAT16", "FAT32", "ROMFS". */
  readonly kind: string;
  /** Bytes that it states to have. */
  readonly size: number;
  readonly files: readonly StoredFile[];
  /** Folders that are damaged, and why. */
  readonly damage: readonly Words[];
}
