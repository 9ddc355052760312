import type { SystemFiles } from "./system_files.ts";

/** A program that has a file open. */
export interface Holder {
  readonly pid: number;
  readonly name: string;
}

/**
 * Returns the other processes that have these files open, as far as this user may see them. Linux.
 */
export async function holders(
  paths: ReadonlySet<string>,
  files: SystemFiles,
  self: number,
): Promise<ReadonlyMap<string, readonly Holder[]>> {
  const found = new Map<string, Holder[]>();
  if (paths.size === 0) return found;
  for (const pid of await processes(files)) {
    if (pid === self) continue;
    const folder = `/proc/${pid}/fd`;
    const names = await files.names(folder);
    const open = new Set(await Promise.all(names.map((fd) => files.resolve(`${folder}/${fd}`))));
    for (const path of paths) {
      if (!open.has(path)) continue;
      const name = await files.attribute(`/proc/${pid}/comm`) ?? "?";
      found.set(path, [...found.get(path) ?? [], { pid, name }]);
    }
  }
  return found;
}

/** The numbers of all processes. */
export async function processes(files: SystemFiles): Promise<number[]> {
  return (await files.names("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}
