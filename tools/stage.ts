import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflated, deflatedName } from "../core/image/embedded_images.ts";
import { parseManifest } from "../core/image/manifest.ts";
import { manifestName } from "../core/image/manifest_set.ts";
import { bundle } from "./bundle.ts";
import { cacheFolder, projectRoot } from "./targets.ts";

/**
 * `deno compile` embeds the time of the last change of every file. So an executable is compiled
 * from a copy in which every file has this time: the same sources give the same bytes.
 */
const TIME = new Date("2000-01-01T00:00:00Z");

/** A copy of everything that `deno compile` gets; disposing of it deletes it. */
export interface Stage extends AsyncDisposable {
  /** The folder that takes the place of the project's root; the program is bundled there. */
  readonly root: URL;
}

/**
 * Bundles the program, deflates the files of `images/`, and copies other files of the project.
 * @param others files of the project, for example the native libraries
 * @param otherImages replace `images/`, by path below it
 * @throws UnbrickError `bad-image` if a manifest among the images is wrong: the program trusts it
 */
export async function makeStage(
  others: readonly URL[],
  otherImages?: ReadonlyMap<string, Uint8Array>,
): Promise<Stage> {
  await Deno.mkdir(cacheFolder, { recursive: true });
  const place = await Deno.makeTempDir({ dir: fileURLToPath(cacheFolder), prefix: "build-" });
  const folder = pathToFileURL(`${place}/`);
  for (const file of others) {
    const copy = new URL(file.href.slice(projectRoot.href.length), folder);
    await Deno.mkdir(new URL(".", copy), { recursive: true });
    await Deno.copyFile(file, copy);
  }
  for (const [path, bytes] of otherImages ?? ownImages()) {
    if (basename(path) === manifestName) parseManifest(bytes, path);
    const file = new URL(deflatedName(path), folder);
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeFile(file, deflated(bytes));
  }
  await bundle(folder);
  for (const file of filesBelow(folder)) await Deno.utime(file, TIME, TIME);
  return {
    root: folder,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Yields the files of images/ by their paths below it. */
export function* ownImages(): Generator<readonly [path: string, bytes: Uint8Array]> {
  const folder = new URL("images/", projectRoot);
  for (const file of filesBelow(folder)) {
    yield [decodeURI(file.href.slice(folder.href.length)), Deno.readFileSync(file)];
  }
}

/** Returns every file in a folder and its subfolders. */
export function filesBelow(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(new URL(`${name}/`, folder)) : [new URL(name, folder)]
  );
}
