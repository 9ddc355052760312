import type { SystemFiles } from "../../core/device/system_files.ts";
import { sysfs } from "../serial/linux/sysfs.ts";
import { cString, linuxSymbols } from "../serial/posix/symbols.ts";

/** Modes of access(2). */
const R_OK = 4, W_OK = 2;

/** The kernel's files, through the C library. */
export function linuxFiles(): SystemFiles {
  const libc = Deno.dlopen("libc.so.6", {
    ...linuxSymbols,
    access: { parameters: ["buffer", "i32"], result: "i32" },
  }).symbols;
  return {
    ...sysfs(libc),
    mayUse: (path) => libc.access(cString(path), R_OK | W_OK) === 0,
  };
}
