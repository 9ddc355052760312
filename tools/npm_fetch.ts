import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { readIfThere } from "./files.ts";
import { run } from "./run.ts";
import { cacheFolder } from "./targets.ts";
import type { PinnedPackage } from "./npm_packages.ts";

/**
 * Returns the unpacked files of a pinned package, which `npm pack` fetches at the first use.
 * @returns the folder that contains its package.json
 * @throws Error if npm cannot fetch it or the tarball is not the pinned one
 */
export async function unpackedPackage(pin: PinnedPackage): Promise<URL> {
  const folderName = `${pin.name.replace("@", "").replace("/", "-")}-${pin.version}`;
  const folder = new URL(`npm/${folderName}/`, cacheFolder);
  const stamp = new URL(".integrity", folder);
  if (await readIfThere(stamp) === pin.integrity) return folder;

  const temporary = await Deno.makeTempDir({ dir: await made(new URL("npm/", cacheFolder)) });
  try {
    const tarball = await npmPack(pin, temporary);
    checkIntegrity(pin, await Deno.readFile(tarball));
    await run("tar", ["-xzf", tarball, "-C", temporary]);
    await Deno.writeTextFile(`${temporary}/package/.integrity`, pin.integrity);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.rename(`${temporary}/package`, folder);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
  return folder;
}

/**
 * Compares the hash.
 * @throws Error if the bytes are not the pinned tarball
 */
export function checkIntegrity(pin: PinnedPackage, tarball: Uint8Array): void {
  const found = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  if (found !== pin.integrity) {
    throw new Error(
      `${pin.name}@${pin.version} is not the pinned package: expected ${pin.integrity}, got ${found}`,
    );
  }
}

async function npmPack(pin: PinnedPackage, folder: string): Promise<string> {
  const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
  const output = await run(npm, [
    "pack",
    `${pin.name}@${pin.version}`,
    "--pack-destination",
    folder,
    "--silent",
  ]);
  return `${folder}/${output.trim().split("\n").at(-1)}`;
}

async function made(folder: URL): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  return fileURLToPath(folder);
}
