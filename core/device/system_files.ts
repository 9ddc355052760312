/**
 * Reads the kernel's files (/sys, /proc, /dev), which Deno's functions refuse. Linux only. Every
 * method throws UnbrickError `timeout` if the kernel call does not return.
 */
export interface SystemFiles {
  /** Returns the names in a folder; none if it does not exist or is not readable. */
  names(folder: string): Promise<string[]>;
  /** Returns the real path behind links; undefined if it does not exist. */
  resolve(path: string): Promise<string | undefined>;
  /** Returns the text of a short file; undefined if it does not exist. */
  attribute(path: string): Promise<string | undefined>;
  /** Returns true if this user may read and write the file. */
  mayUse(path: string): Promise<boolean>;
}
