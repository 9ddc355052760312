import { fileURLToPath, pathToFileURL } from "node:url";
import { exists } from "./files.ts";
import { run } from "./run.ts";
import { cacheFolder, projectRoot } from "./targets.ts";

/** An npm package that main.ts imports, directly or indirectly. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-…` of its tarball, from deno.lock. */
  readonly integrity: string;
  /** SPDX expression from its package.json. */
  readonly licence: string;
  /** Folder of its unpacked files in Deno's cache. */
  readonly folder: URL;
}

/** The contents of the executable, from Deno's own module graph: nothing that only tests use. */
export interface ShippedProgram {
  /** The files of this project that main.ts imports, directly or indirectly. */
  readonly modules: readonly URL[];
  /** Entries of an import map in the root of the project. */
  readonly imports: Record<string, string>;
  readonly lock: LockFile;
  readonly packages: readonly ShippedPackage[];
}

/** The parts of a deno.lock of version 5 that are used. */
export interface LockFile {
  readonly version: string;
  readonly specifiers: Record<string, string>;
  readonly npm: Record<string, { integrity: string; dependencies?: string[] }>;
}

/**
 * Deno's cache for builds. It is a separate one, because the times of its files are changed
 * (tools/stage.ts).
 */
export const buildEnvironment = { DENO_DIR: fileURLToPath(new URL("deno/", cacheFolder)) };

/**
 * Returns what main.ts imports, directly or indirectly.
 * @throws Error if a package is missing in deno.lock
 */
export async function shippedProgram(): Promise<ShippedProgram> {
  const deno = (...args: string[]) =>
    run(Deno.execPath(), args, { cwd: projectRoot, env: buildEnvironment });
  await deno("cache", "--quiet", "main.ts");
  const graph: { modules: { specifier: string }[] } = JSON.parse(
    await deno("info", "--json", "main.ts"),
  );
  const specifiers = graph.modules.map(({ specifier }) => specifier);
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(new URL(name, projectRoot)));
  const all: Record<string, string> = (await read("deno.json")).imports;
  const wanted = Object.entries(all).filter(([, target]) =>
    !target.startsWith("npm:") || specifiers.some((one) => isPartOf(one, target))
  );
  const lock = reducedLock(await read("deno.lock"), wanted.map(([, target]) => target));
  const { npmCache } = JSON.parse(await deno("info", "--json"));
  return {
    modules: specifiers.filter((one) => one.startsWith(projectRoot.href)).map((one) =>
      new URL(one)
    ),
    imports: Object.fromEntries(wanted.flatMap(mapEntries)),
    lock,
    packages: await unpacked(lock, npmCache),
  };
}

/** Returns true if `npm:/zod@4.6.7/v4` belongs to `npm:zod@4.6.7`. */
function isPartOf(specifier: string, target: string): boolean {
  const plain = specifier.replace(/^npm:\//, "npm:");
  return plain === target || plain.startsWith(`${target}/`);
}

/** Returns the import map entries of an import of deno.json, including the files of a package. */
function mapEntries([name, target]: [string, string]): [string, string][] {
  if (!target.startsWith("npm:")) return [[name, target]];
  return [[name, target], [`${name}/`, `${target.replace("npm:", "npm:/")}/`]];
}

/**
 * Returns a lock file with only these specifiers and their dependencies.
 * @throws Error if one is missing.
 */
export function reducedLock(lock: LockFile, specifiers: readonly string[]): LockFile {
  const kept: LockFile = { version: lock.version, specifiers: {}, npm: {} };
  const keep = (name: string) => {
    const key = Object.keys(lock.npm).find((key) => key === name || key.startsWith(`${name}@`));
    if (!key) throw new Error(`deno.lock does not contain ${name}`);
    if (key in kept.npm) return;
    kept.npm[key] = lock.npm[key];
    lock.npm[key].dependencies?.forEach(keep);
  };
  for (const specifier of specifiers.filter((one) => one.startsWith("npm:"))) {
    const version = lock.specifiers[specifier];
    if (!version) throw new Error(`deno.lock does not contain ${specifier}`);
    kept.specifiers[specifier] = version;
    keep(`${specifier.slice("npm:".length).replace(/(?<=.)@.*/, "")}@${version}`);
  }
  return kept;
}

async function unpacked(lock: LockFile, npmCache: string): Promise<ShippedPackage[]> {
  const registries = [...Deno.readDirSync(npmCache)].filter((entry) => entry.isDirectory);
  const packages: ShippedPackage[] = [];
  for (const [key, { integrity }] of Object.entries(lock.npm)) {
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key)!;
    const places = registries.map((registry) =>
      pathToFileURL(`${npmCache}/${registry.name}/${name}/${version}/`)
    );
    const found = await Promise.all(places.map(exists));
    const folder = places[found.indexOf(true)];
    if (!folder) throw new Error(`${name}@${version} is not in Deno's cache`);
    const about = JSON.parse(await Deno.readTextFile(new URL("package.json", folder)));
    packages.push({ name, version, integrity, licence: about.license ?? "NOASSERTION", folder });
  }
  return packages.sort((one, other) => one.name < other.name ? -1 : 1);
}
