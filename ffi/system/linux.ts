import type { SystemFiles } from "../../core/device/system_files.ts";
import { sysfs } from "../serial/linux/sysfs.ts";
import { type LinuxLibrary, linuxSymbols } from "../serial/posix/symbols.ts";

/** Modes of access(2). */
const R_OK = 4, W_OK = 2;

/** Opened once for each file: opening takes longer than most calls. */
const libraries = new Map<string, LinuxLibrary>();

/**
 * Returns the kernel's files, through the C library.
 * @param signal ends all waits for calls that do not return
 */
export function linuxFiles(signal?: AbortSignal, library = "libc.so.6"): SystemFiles {
  const libc = libraries.get(library) ?? Deno.dlopen(library, linuxSymbols).symbols;
  libraries.set(library, libc);
  const files = sysfs(libc, signal);
  return { ...files, mayUse: (path) => files.hasRights(path, R_OK | W_OK) };
}
