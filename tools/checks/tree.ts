/** Folders that are no part of the sources. */
const skipped = new Set([".git", ".cache", "dist", "node_modules"]);

/** Paths of all files below a folder, from the folder, with slashes, in the order of their names. */
export function filesBelow(folder: URL, path = ""): string[] {
  return [...Deno.readDirSync(new URL(path, folder))]
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory, isFile }) => {
      if (isDirectory && !skipped.has(name)) return filesBelow(folder, `${path}${name}/`);
      return isFile ? [path + name] : [];
    });
}
