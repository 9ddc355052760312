/**
 * The kernel's own files (/sys, /proc, /dev), which Deno's functions refuse. Linux only. Every method
 * throws UnbrickError `timeout` if the kernel does not come back.
 */
export interface SystemFiles {
  /** Names in a folder; none if it is not there or may not be read. */
  names(folder: string): Promise<string[]>;
  /** Where a path really leads; undefined if nowhere. */
  resolve(path: string): Promise<string | undefined>;
  /** A short file; undefined if there is none. */
  attribute(path: string): Promise<string | undefined>;
  /** True if this user may read and write it. */
  mayUse(path: string): Promise<boolean>;
}
