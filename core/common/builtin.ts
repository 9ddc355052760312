import process from "node:process";

/**
 * Node's own libraries that take long to load: `builtin.zlib.crc32(bytes)` loads one when it is
 * called. They bring Node's streams with them, which take half the time of a small program's start.
 */
export const builtin = {
  get crypto(): typeof import("node:crypto") {
    return process.getBuiltinModule("node:crypto");
  },
  get filesystem(): typeof import("node:fs/promises") {
    return process.getBuiltinModule("node:fs/promises");
  },
  get readline(): typeof import("node:readline") {
    return process.getBuiltinModule("node:readline");
  },
  get zlib(): typeof import("node:zlib") {
    return process.getBuiltinModule("node:zlib");
  },
};
