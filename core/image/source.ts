import { basename, join } from "node:path";
import { UnbrickError } from "../common/errors.ts";
import { inMemory } from "./byte_source.ts";
import { fileSource, folderFiles, isFolder } from "./files.ts";
import type { ImageSet } from "./image_set.ts";
import { manifestName } from "./manifest_set.ts";
import { packOf } from "./pack.ts";
import type { PackFiles } from "./pack_files.ts";
import {
  baseName,
  boardFolder,
  isNote,
  isSystemFile,
  loneBoardOf,
  releaseLayout,
} from "./release_layout.ts";
import { maximumEntrySize, zipFiles } from "./zip.ts";
import { text } from "../common/text.ts";

/** A source of images, as named with `--images` and `images import`. */
export interface ImageSource {
  readonly kind: "set" | "release" | "openmv-ide" | "se-tools";
  readonly files: PackFiles;
  /** Firmware version, if the source contains it. */
  readonly version?: string;
}

/** Largest archive in bytes, larger than any firmware release. Chosen by unbrick. */
const maximumArchive = 536_870_912;

/**
 * Opens a folder or zip: a set with a manifest, an OpenMV firmware release, the folder of OpenMV
 * IDE, or that of Alif's SE Tools.
 *
 * @throws UnbrickError `not-found`, `bad-image`.
 */
export function openSource(path: string): ImageSource {
  if (!isFolder(path)) {
    return sourceOf(zipFiles(fileSource(path, maximumArchive), basename(path), path));
  }
  const ide = resources.map((place) => join(path, place)).find(isIde);
  return ide === undefined ? sourceOf(folderFiles(path, maximumEntrySize)) : openIde(path, ide);
}

/**
 * Opens the source named with `--images`.
 *
 * @throws UnbrickError `not-found`, `bad-image`.
 */
export function openImageSet(path: string): ImageSet {
  return packOf(openSource(path).files);
}

/** Archives inside one another that are opened, as build servers and browsers pack them. Our choice. */
const deepestArchive = 3;

function sourceOf(files: PackFiles, depth = 1): ImageSource {
  if (files.paths.includes(manifestName)) return { kind: "set", files };
  const { boards, version } = releaseLayout(files);
  const hasTools = boards.length === 0 && files.paths.some(isSystemPackage);
  if (boards.length === 0 && !hasTools && depth < deepestArchive) {
    const inner = innerArchives(files);
    if (inner) return sourceOf(inner, depth + 1);
  }
  return {
    kind: hasTools ? "se-tools" : "release",
    files,
    ...(version !== undefined && { version }),
  };
}

/**
 * Returns what the archives in an archive or folder hold: the only one, or one for each board. Beside
 * them are only notes; a folder of downloads is no release.
 */
function innerArchives(files: PackFiles): PackFiles | undefined {
  const real = files.paths.filter((path) => !isSystemFile(path));
  const zips = real.filter((path) => /\.zip$/i.test(path));
  if (!real.every((path) => zips.includes(path) || isNote(path))) return undefined;
  const open = (path: string) =>
    zipFiles(inMemory(files.read(path, maximumArchive)), baseName(path), files.sourceOf(path));
  if (zips.length === 1) return open(zips[0]);
  const parts = zips.flatMap((path): [string, PackFiles][] => {
    const board = loneBoardOf(baseName(path));
    return board === undefined ? [] : [[board, open(path)]];
  });
  return parts.length > 0 ? joined(String(files.name), parts) : undefined;
}

/**
 * Returns true for the vendor's file for a chip, `SP-AE302F80F55D5AE-rev-b4.bin` (alif-isp.md C.5).
 */
function isSystemPackage(path: string): boolean {
  return /^SP-.*\.bin$/.test(baseName(path));
}

/**
 * Places of OpenMV IDE's resources under the named folder: its installation on Linux and Windows,
 * the macOS bundle (inferred), the resources themselves or the user's copy of them.
 */
const resources = [
  "share/qtcreator",
  "Contents/Resources",
  "OpenMV IDE.app/Contents/Resources",
  "",
] as const;

/** Returns true for a folder with `firmware/OPENMV4/…` and the IDE's table of boards. */
function isIde(folder: string): boolean {
  const names = namesIn(join(folder, "firmware"));
  return names.includes(settingsName) && names.some((name) => boardFolder.test(name));
}

const settingsName = "settings.json";

/**
 * Opens the IDE's resources: `firmware/BOARD/…` like a release, and the SE Tools'
 * `alif/SYSTEM/alif/…`.
 */
function openIde(path: string, folder: string): ImageSource {
  const firmware = folderFiles(join(folder, "firmware"), maximumEntrySize);
  const tools = namesIn(join(folder, "alif"))
    .map((system) => join(folder, "alif", system, "alif"))
    .filter((place) => namesIn(place).some(isSystemPackage))
    .map((place): [string, PackFiles] => [
      place.slice(folder.length + 1).replaceAll("\\", "/"),
      folderFiles(place, maximumEntrySize),
    ]);
  const version = ideVersion(firmware);
  return {
    kind: "openmv-ide",
    files: joined(basename(path), [["", firmware], ...tools]),
    ...(version !== undefined && { version }),
  };
}

/** Returns the version in the first line of its table: `"firmware_version": "4.7.0"`. */
function ideVersion(firmware: PackFiles): string | undefined {
  const settings = new TextDecoder().decode(firmware.read(settingsName));
  return /"firmware_version"\s*:\s*"v?(\d+\.\d+\.\d+)"/.exec(settings)?.[1];
}

/** Joins several packs, each under its own path. */
function joined(name: string, parts: readonly [string, PackFiles][]): PackFiles {
  const places = new Map(
    parts.flatMap(([prefix, files]) =>
      files.paths.map((path) => [prefix === "" ? path : `${prefix}/${path}`, { files, path }])
    ),
  );
  const find = (path: string) => {
    const place = places.get(path);
    if (place) return place;
    throw new UnbrickError("not-found", text`There is no file ${path} in ${name}.`, { path });
  };
  return {
    name,
    paths: [...places.keys()],
    read(path, maximum) {
      const { files, path: inner } = find(path);
      return files.read(inner, maximum);
    },
    sourceOf(path) {
      const { files, path: inner } = find(path);
      return files.sourceOf(inner);
    },
  };
}

/** Returns the names in a folder, in order; none if it cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
  } catch {
    return [];
  }
}
