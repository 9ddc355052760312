/** Folders that do not belong to the sources. */
const skipped = new Set([".git", ".cache", ".stryker-tmp", "dist", "node_modules"]);

/** Returns the paths of all files below a folder, relative to it, with slashes, sorted by name. */
export function filesBelow(folder: URL, path = ""): string[] {
  return [...Deno.readDirSync(new URL(path, folder))]
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory, isFile }) => {
      if (isDirectory && !skipped.has(name)) return filesBelow(folder, `${path}${name}/`);
      return isFile ? [path + name] : [];
    });
}
