import { bounded } from "../../native/bounded.ts";
import { cString, type LinuxLibrary } from "../posix/symbols.ts";

/** Reads the kernel's view of devices. Deno's own functions refuse /sys without all permissions. */
export interface Sysfs {
  /** Returns the names in a folder; none if it does not exist. */
  names(folder: string): Promise<string[]>;
  /** Returns the target of a link; undefined if it does not exist. */
  resolve(path: string): Promise<string | undefined>;
  /** Reads a one-line attribute; undefined if there is none. */
  attribute(path: string): Promise<string | undefined>;
  /** Returns true if this user has the requested rights, as in access(2). */
  hasRights(path: string, mode: number): Promise<boolean>;
}

/** How long a call may take, ms: some of the kernel's files wait for the device. */
const CALL_MS = 2_000;
/** struct dirent of 64-bit Linux. */
const D_NAME = 19;
const PATH_MAX = 4096, ATTRIBUTE_MAX = 4096;

/**
 * Returns sysfs through the C library: Deno refuses /sys to a program without all permissions.
 * @param signal ends all waits for calls that do not return
 */
export function sysfs(libc: LinuxLibrary, signal?: AbortSignal): Sysfs {
  const within = <T>(call: string, path: string, work: Promise<T>) =>
    bounded(work, { call, ms: CALL_MS, subject: path, signal });
  return {
    async names(folder) {
      const list = new BigUint64Array(1);
      const scanning = libc.scandir(cString(folder), list, null, null);
      const count = await within("scandir", folder, scanning);
      const entries = Deno.UnsafePointer.create(list[0]);
      if (count < 0 || !entries) return [];
      const view = new Deno.UnsafePointerView(entries);
      const names: string[] = [];
      for (let at = 0; at < count; at++) {
        const entry = view.getPointer(8 * at)!;
        const name = new Deno.UnsafePointerView(entry).getCString(D_NAME);
        if (name !== "." && name !== "..") names.push(name);
        libc.free(entry);
      }
      libc.free(entries);
      return names;
    },
    async resolve(path) {
      const resolved = new Uint8Array(PATH_MAX);
      if (!await within("realpath", path, libc.realpath(cString(path), resolved))) return undefined;
      return new TextDecoder().decode(resolved.subarray(0, resolved.indexOf(0)));
    },
    async attribute(path) {
      const fd = await within("open", path, libc.open(cString(path), 0));
      if (fd < 0) return undefined;
      const text = new Uint8Array(ATTRIBUTE_MAX);
      const reading = libc.read(fd, text, BigInt(text.length));
      const length = Number(await within("read", path, reading));
      await within("close", path, libc.close(fd));
      if (length < 0) return undefined;
      return new TextDecoder().decode(text.subarray(0, length)).trimEnd();
    },
    async hasRights(path, mode) {
      return await within("access", path, libc.access(cString(path), mode)) === 0;
    },
  };
}
