import { text, type Words } from "../common/text.ts";

/** Read access to the files of a pack, wherever they are: a folder, a zip, memory. */
export interface PackFiles {
  /** Base name for messages: `firmware_v5.0.0.zip`. */
  readonly name: Words;
  /** Paths of all files, with `/`, relative to the pack. */
  readonly paths: readonly string[];
  /**
   * Returns a file of at most `maximum` bytes; default 64 MiB.
   * @throws UnbrickError `not-found`; `bad-image` with the entry's name if it cannot be trusted.
   */
  read(path: string, maximum?: number): Uint8Array;
  /** Returns the place of a file, for people. */
  sourceOf(path: string): string;
}

/**
 * Returns why a path from an archive or manifest must not be followed; undefined if it is harmless:
 * relative, with `/` between its parts, and never upwards.
 */
export function pathDanger(path: string): Words | undefined {
  if (path === "" || /\p{Cc}/u.test(path)) return text`its name is empty or has control characters`;
  if (path.includes("\\")) return text`its name has a backslash`;
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return text`its name is an absolute path`;
  if (path.split("/").includes("..")) return text`its name points outside the archive`;
  return undefined;
}

/** Normalises a path: `a/b` for `./a//b/`. */
export function normalPath(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".").join("/");
}
