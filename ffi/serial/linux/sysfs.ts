import { cString, type LinuxLibrary } from "../posix/symbols.ts";

/** Reads the kernel's view of devices. Deno's own functions refuse /sys without all permissions. */
export interface Sysfs {
  /** Names in a folder; none if it is not there. */
  names(folder: string): string[];
  /** Where a link leads to; undefined if nowhere. */
  resolve(path: string): string | undefined;
  /** A one-line attribute; undefined if there is none. */
  attribute(path: string): Promise<string | undefined>;
}

/** struct dirent of 64-bit Linux. */
const D_NAME = 19;
const PATH_MAX = 4096, ATTRIBUTE_MAX = 4096;

/** sysfs through the C library: Deno refuses /sys to a program that may not do everything. */
export function sysfs(libc: LinuxLibrary): Sysfs {
  return {
    names(folder) {
      const open = libc.opendir(cString(folder));
      if (!open) return [];
      const names: string[] = [];
      for (let entry = libc.readdir(open); entry; entry = libc.readdir(open)) {
        const name = new Deno.UnsafePointerView(entry).getCString(D_NAME);
        if (name !== "." && name !== "..") names.push(name);
      }
      libc.closedir(open);
      return names;
    },
    resolve(path) {
      const resolved = new Uint8Array(PATH_MAX);
      if (!libc.realpath(cString(path), resolved)) return undefined;
      return new TextDecoder().decode(resolved.subarray(0, resolved.indexOf(0)));
    },
    async attribute(path) {
      const fd = libc.openNow(cString(path), 0);
      if (fd < 0) return undefined;
      const text = new Uint8Array(ATTRIBUTE_MAX);
      // The kernel makes some attributes wait for the device.
      const length = Number(await libc.readWaiting(fd, text, BigInt(text.length)));
      libc.closeNow(fd);
      if (length < 0) return undefined;
      return new TextDecoder().decode(text.subarray(0, length)).trimEnd();
    },
  };
}
