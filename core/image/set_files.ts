import { byteSize } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import { loadListedImage, type ManifestJson, manifestSchema, parseManifest } from "./manifest.ts";
import { manifestName, type ManifestSet, signatureName } from "./manifest_set.ts";
import { text } from "../common/text.ts";

/** A set as files by path, the manifest first: the content of the store and of a zip. */
export type SetFiles = ReadonlyMap<string, Uint8Array>;

/** Returns the files of a new set. */
export function newSetFiles(
  manifest: Omit<ManifestJson, "schema">,
  contents: ReadonlyMap<string, Uint8Array>,
): SetFiles {
  const json = JSON.stringify({ schema: manifestSchema, ...manifest }, null, 2) + "\n";
  const bytes = new TextEncoder().encode(json);
  parseManifest(bytes, manifestName);
  return new Map([[manifestName, bytes], ...contents]);
}

/**
 * Returns all files of a set with a manifest, unchanged, each with the hash in the manifest.
 * @throws UnbrickError `bad-image`: a path that some system does not allow, or that is ambiguous
 * there; more than 512 MiB; a file that differs from the manifest.
 */
export function filesOf(pack: ManifestSet): SetFiles {
  const { manifest, manifestBytes, signature, files } = pack;
  const paths = [...new Set(manifest.files.map(({ path }) => path))].toSorted();
  const names = new Set([manifestName, signatureName]);
  for (const path of paths) {
    const parts = path.split("/");
    if (parts.length > mostParts || !parts.every((part) => portable.test(part))) {
      throw badImage(files.name, text`some systems do not allow this file name`, {
        entry: path,
      });
    }
    if (names.has(path.toLowerCase())) {
      throw badImage(files.name, text`its name is already used`, { entry: path });
    }
    names.add(path.toLowerCase());
  }
  if (manifest.files.reduce((sum, { size }) => sum + size, 0) > mostBytes) {
    throw badImage(files.name, text`its files have more than ${byteSize(mostBytes)} in total`);
  }
  for (const file of manifest.files) {
    loadListedImage(files.read(file.path), file, files.sourceOf(file.path));
  }
  return new Map([
    [manifestName, manifestBytes],
    ...(signature ? [[signatureName, signature] as const] : []),
    ...paths.map((path) => [path, files.read(path)] as const),
  ]);
}

/** Largest set in bytes; it is in memory during import. Chosen by unbrick. */
const mostBytes = 536_870_912;

/** Most parts of a path: no set has a folder in a folder. Chosen by unbrick. */
const mostParts = 3;

/**
 * A file name that every system allows; Windows has devices with names such as `con` and
 * `com1.txt`.
 */
const portable = /^(?!(con|prn|aux|nul|com\d|lpt\d)(\.|$))[a-z0-9_+-][a-z0-9._+-]{0,99}(?<!\.)$/i;
