import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { projectRoot } from "../../../tools/targets.ts";

/** Genuine files in one folder, for the tests that need them. */
export interface GenuineFiles {
  /** True if this machine does not have the folder: tests that need it must be ignored. */
  readonly missing: boolean;
  /** The folder, which ends in a slash. */
  readonly folder: URL;
  /** Reads one file, by its path in the folder. */
  read(name: string): Uint8Array<ArrayBuffer>;
}

/**
 * Finds files of vendors and releases, which cannot be in this repository because of their
 * licences. It looks in the folder that UNBRICK_GENUINE_FILES names, otherwise in `../shared/data`
 * beside the checkout, and prints one line if they are missing.
 * @param name the folder's name: `n6`, `rt1062`, `se-tools`, `openmv-releases`
 */
export function genuineFiles(name: string): GenuineFiles {
  const root = Deno.env.get("UNBRICK_GENUINE_FILES");
  const base = root ? pathToFileURL(`${resolve(root)}/`) : new URL("../shared/data/", projectRoot);
  const folder = new URL(`${name}/`, base);
  const missing = !isFolder(folder);
  if (missing) {
    const place = fileURLToPath(folder);
    console.log(`skipped: tests of genuine files, because there is no ${place} (CONTRIBUTING.md)`);
  }
  return { missing, folder, read: (file) => Deno.readFileSync(new URL(file, folder)) };
}

function isFolder(url: URL): boolean {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
}
