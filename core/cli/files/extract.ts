import { dirname, join } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import { fileError } from "../../common/file_error.ts";
import { hex } from "../../common/format.ts";
import { text } from "../../common/text.ts";
import type { FoundFileSystem } from "../../image/memory_part.ts";
import { safePaths } from "../../image/safe_paths.ts";
import type { StoredFile } from "../../image/stored_file.ts";
import { makeFolder, writeNew } from "../pages/output_file.ts";

/** A file and where it goes, or went, on this computer. */
export interface Extraction {
  readonly system: FoundFileSystem;
  readonly file: StoredFile;
  /** Below the folder, with `/`: `filesystem/main.py`. */
  readonly path: string;
}

/**
 * Returns where each file goes: into a folder of its file system, under a name that any computer can
 * write.
 */
export function extractions(systems: readonly FoundFileSystem[]): Extraction[] {
  const folders = safePaths(systems.map((system) => `${folderName(system, systems)}/.`))
    .map((path) => path.slice(0, path.indexOf("/")));
  return systems.flatMap((system, at) => {
    const paths = safePaths(system.files.map(({ path }) => path));
    return system.files.map((file, index) => ({
      system,
      file,
      path: `${folders[at]}/${paths[index]}`,
    }));
  });
}

/** `filesystem`, `romfs`; with its address if there are several of the kind. */
function folderName(system: FoundFileSystem, all: readonly FoundFileSystem[]): string {
  const nameOf = ({ kind }: FoundFileSystem) => kind === "ROMFS" ? "romfs" : "filesystem";
  const name = nameOf(system);
  const isOnly = all.filter((one) => nameOf(one) === name).length === 1;
  return isOnly ? name : `${name}-${system.memory}-${hex(system.address, 1)}`;
}

/**
 * Writes the files into a folder that is new or empty, so that nothing in it can lead elsewhere.
 * @throws UnbrickError `usage`, `not-found`, `permission`
 */
export function extract(all: readonly Extraction[], folder: string): void {
  for (const { file, path } of all) {
    const target = join(folder, path);
    makeParents(dirname(target));
    writeNew(target, file.read());
  }
}

function makeParents(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileError(path, "written", error);
  }
}

/**
 * Checks before the work that the folder is new or empty, and can be written.
 * @throws UnbrickError `usage`, `not-found`, `permission`
 */
export function checkEmptyFolder(folder: string): void {
  makeFolder(folder);
  if ([...Deno.readDirSync(folder)].length === 0) return;
  throw new UnbrickError(
    "usage",
    text`The folder ${folder} is not empty; the files are only written into a new or empty one.`,
    { path: folder, exists: true },
  );
}
