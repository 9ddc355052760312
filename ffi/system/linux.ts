import type { SystemFiles } from "../../core/device/system_files.ts";
import { sysfs } from "../serial/linux/sysfs.ts";
import { linuxSymbols } from "../serial/posix/symbols.ts";

/** Modes of access(2). */
const R_OK = 4, W_OK = 2;

/**
 * Returns the kernel's files, through the C library.
 * @param signal ends all waits for calls that do not return
 */
export function linuxFiles(signal?: AbortSignal, library = "libc.so.6"): SystemFiles {
  const files = sysfs(Deno.dlopen(library, linuxSymbols).symbols, signal);
  return { ...files, mayUse: (path) => files.hasRights(path, R_OK | W_OK) };
}
