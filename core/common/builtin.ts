import process from "node:process";

/**
 * Node's own libraries that take long to load: `builtin.zlib.crc32(bytes)` loads one when it is
 * called. Both bring Node's streams with them, which take half the time of a small program's start.
 */
export const builtin = {
  get crypto(): typeof import("node:crypto") {
    return process.getBuiltinModule("node:crypto");
  },
  get zlib(): typeof import("node:zlib") {
    return process.getBuiltinModule("node:zlib");
  },
};
