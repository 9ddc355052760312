import { basename } from "node:path";
import { isKind } from "../common/errors.ts";
import { readFile } from "./files.ts";
import type { Image } from "./image.ts";
import type { ImageSet } from "./image_set.ts";
import { loadImage } from "./load.ts";
import { trustedManifest } from "./manifest.ts";
import { manifestName, manifestPack, type ManifestSet, signatureName } from "./manifest_set.ts";
import type { PackFiles } from "./pack_files.ts";
import { releasePack } from "./release.ts";
import { maximumEntrySize } from "./zip.ts";
import { text, type Words } from "../common/text.ts";

/** Returns files as a pack: by their manifest if there is one, otherwise as a firmware release. */
export function packOf(files: PackFiles): ImageSet {
  return files.paths.includes(manifestName) ? manifestPack(files) : releasePack(files);
}

/**
 * Returns the images for simulated cameras that the program contains, or those that a build put in
 * their place.
 *
 * @param read Returns the bytes of a path relative to images/; throws if it does not exist.
 */
export function bundledSet(read: (path: string) => Uint8Array): ManifestSet {
  return embeddedSet(read, text`the bundled images`, "bundled");
}

/** Folder below images/ of the real images of a release build. */
export const realFolder = "real/";

/**
 * Returns the real images that a release build contains; undefined if this build has none.
 * @param read as for `bundledSet`
 */
export function realSet(read: (path: string) => Uint8Array): ManifestSet | undefined {
  const below = (path: string) => read(realFolder + path);
  if (!readIfThere(below, manifestName)) return undefined;
  return embeddedSet(below, text`the real images inside this program`, "inside this program");
}

function embeddedSet(
  read: (path: string) => Uint8Array,
  name: Words,
  source: string,
): ManifestSet {
  const paths = [manifestName, ...(readIfThere(read, signatureName) ? [signatureName] : [])];
  return manifestPack({ name, paths, read, sourceOf: () => source }, trustedManifest);
}

/** The public key next to the bundled images, PEM: every set must be signed with it. */
export const keyName = "public_key.pem";

/** Returns that key, if there is one. @param read as for `bundledSet` */
export function bundledKey(read: (path: string) => Uint8Array): Uint8Array | undefined {
  return readIfThere(read, keyName);
}

function readIfThere(
  read: (path: string) => Uint8Array,
  path: string,
): Uint8Array | undefined {
  try {
    return read(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isKind(error, "not-found")) return undefined;
    throw error;
  }
}

/**
 * Loads one file for a role, from a path on the command line.
 *
 * @param check Checks the original file first.
 * @throws UnbrickError `not-found`, `bad-image`.
 */
export function loadImageFile(
  path: string,
  role: string,
  check?: (bytes: Uint8Array, path: string) => void,
): Image {
  const bytes = readFile(path, maximumEntrySize);
  check?.(bytes, path);
  return loadImage(bytes, { role, name: basename(path), source: path });
}
