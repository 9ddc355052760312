import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { ensureProgram } from "./apt.ts";
import { exists, readIfThere, replaceFile } from "./files.ts";
import { commonSources, type Recipe, recipes } from "./libusb_recipes.ts";
import { unpackedPackage } from "./npm_fetch.ts";
import { usbPackage } from "./npm_packages.ts";
import { run } from "./run.ts";
import { nativeFolder, type Target, targets } from "./targets.ts";

/**
 * Makes libusb for a target: compiles the source in the pinned npm package or, for macOS, takes the
 * universal build of that package. Fast if it already exists.
 * @returns the shared library
 * @throws MissingProgram if npm, tar or the compiler is missing
 */
export async function buildLibusb(target: Target): Promise<URL> {
  const library = new URL(targets[target].libusb, nativeFolder(target));
  const recipe = recipes[target];
  if (recipe) return await compile(recipe, library);
  const built = new URL(
    "prebuilds/darwin-x64+arm64/node.napi.node",
    await unpackedPackage(usbPackage),
  );
  await replaceFile(library, await Deno.readFile(built), 0o755);
  return library;
}

/**
 * Builds libusb on another operating system layer, for tests on Linux x64.
 * @param backend a C file that replaces the files of libusb/os that call the system
 */
export async function buildLibusbOn(
  backend: URL,
  name: string,
  flags: readonly string[],
): Promise<URL> {
  const library = new URL(`testing/${name}`, nativeFolder("linux-x64"));
  const code = createHash("sha256").update(await Deno.readFile(backend)).digest("hex");
  const recipe = recipes["linux-x64"]!;
  const systemSources = recipe.systemSources.filter((source) => !/^linux_/.test(source));
  const changed = { ...recipe, flags: [...recipe.flags, ...flags], systemSources };
  return await compile(changed, library, { sources: [fileURLToPath(backend)], code });
}

async function compile(
  recipe: Recipe,
  library: URL,
  extra: { readonly sources: readonly string[]; readonly code: string } = { sources: [], code: "" },
): Promise<URL> {
  const stamp = new URL(`${library.href}.recipe.json`);
  const wanted = JSON.stringify({ recipe, extra, source: usbPackage.integrity }, null, 2);
  if (await readIfThere(stamp) === wanted && await exists(library)) return library;

  await ensureProgram(recipe.compiler, ...recipe.debianPackages);
  const root = new URL("libusb/libusb/", await unpackedPackage(usbPackage));
  const build = await Deno.makeTempDir({ prefix: "libusb-" });
  try {
    const config = recipe.config.map((line) => `#define ${line}\n`).join("");
    await Deno.writeTextFile(`${build}/config.h`, config);
    const sources = [...commonSources, ...recipe.systemSources.map((name) => `os/${name}`)];
    const source = fileURLToPath(root);
    const built = `${build}/${library.pathname.split("/").at(-1)}`;
    await run(recipe.compiler, [
      ...recipe.flags,
      // Assertions contain source paths: the bytes must not depend on the location of this project.
      `-ffile-prefix-map=${source}=libusb/`,
      `-I${build}`,
      `-I${source}`,
      `-I${source}os`,
      "-o",
      built,
      ...sources.map((name) => `${source}${name}.c`),
      ...extra.sources,
      ...recipe.libraries.map((name) => name.endsWith(".def") ? source + name : name),
    ]);
    await replaceFile(library, await Deno.readFile(built), 0o755);
    await Deno.writeTextFile(stamp, wanted);
  } finally {
    await Deno.remove(build, { recursive: true });
  }
  return library;
}
