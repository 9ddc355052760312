import { byteSize } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import {
  fileInMemory,
  type FileOnDemand,
  fileOnDemand,
  FilesOnDemand,
  giveBack,
} from "./files_on_demand.ts";
import { loadListedImage, type ManifestJson, manifestSchema, parseManifest } from "./manifest.ts";
import { manifestName, type ManifestSet, signatureName } from "./manifest_set.ts";
import { text, type Words } from "../common/text.ts";

/** A set as files by path, the manifest first: what the store keeps and a zip is made of. */
export type SetFiles = FilesOnDemand;

/**
 * The files of a set made anew.
 * @throws UnbrickError `bad-image` for more than 512 MiB
 */
export function newSetFiles(
  manifest: Omit<ManifestJson, "schema">,
  contents: ReadonlyMap<string, FileOnDemand>,
  source: Words,
): SetFiles {
  refuseLargeSet([...contents.values()], source);
  const json = JSON.stringify({ schema: manifestSchema, ...manifest }, null, 2) + "\n";
  const bytes = new TextEncoder().encode(json);
  parseManifest(bytes, manifestName);
  return new FilesOnDemand(new Map([[manifestName, fileInMemory(bytes)], ...contents]));
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
  refuseLargeSet(manifest.files, files.name);
  for (const file of manifest.files) {
    const bytes = files.read(file.path);
    loadListedImage(bytes, file, files.sourceOf(file.path));
    if (files.isFresh) giveBack(bytes);
  }
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  return new FilesOnDemand(
    new Map([
      [manifestName, fileInMemory(manifestBytes)],
      ...(signature ? [[signatureName, fileInMemory(signature)] as const] : []),
      ...paths.map((path) => [path, fileOnDemand(files, path, listed.get(path)!)] as const),
    ]),
  );
}

function refuseLargeSet(files: readonly { readonly size: number }[], source: Words): void {
  if (files.reduce((sum, { size }) => sum + size, 0) <= mostBytes) return;
  throw badImage(source, text`its files have more than ${byteSize(mostBytes)} in total`);
}

/** More than any set of images has: a release has about 100 MiB. Our choice. */
const mostBytes = 536_870_912;

/** Most parts of a path: no set has a folder in a folder. Chosen by unbrick. */
const mostParts = 3;

/**
 * A file name that every system allows; Windows has devices with names such as `con` and
 * `com1.txt`.
 */
const portable = /^(?!(con|prn|aux|nul|com\d|lpt\d)(\.|$))[a-z0-9_+-][a-z0-9._+-]{0,99}(?<!\.)$/i;
