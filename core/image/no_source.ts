import type { UnbrickError } from "../common/errors.ts";
import { joined, text } from "../common/text.ts";
import { badImage } from "./bad_image.ts";
import type { PackFiles } from "./pack_files.ts";
import { isReleaseFolder, isSystemFile } from "./release_layout.ts";

/** Most places that a message names. Chosen by unbrick. */
const mostPlaces = 3;

/**
 * Returns the `bad-image` error of a folder or archive that is no source of images. It names the
 * releases inside it, so that the person can name one of them.
 */
export function noSource({ name, paths }: Pick<PackFiles, "name" | "paths">): UnbrickError {
  const places = releasesInside(paths);
  const reason = text`it is not an OpenMV firmware release, the folder of OpenMV IDE or of Alif's SE
    Tools, or an exported set`;
  return badImage(
    name,
    places.length === 0
      ? reason
      : text`${reason}; if you mean something inside it, name that: ${joined(places, text` or `)}`,
    {},
    { places },
  );
}

/** Returns the releases and archives of releases that lie deeper than a release has its folders. */
export function releasesInside(paths: readonly string[]): string[] {
  return [...new Set(paths.filter((path) => !isSystemFile(path)).flatMap(placeOf))]
    .slice(0, mostPlaces);
}

/** Returns the release that a file belongs to, or the archive that the file is. */
function placeOf(path: string): string[] {
  if (/(^|\/)firmware[^/]*\.zip$/i.test(path)) return [path];
  const parts = path.split("/");
  const at = parts.findIndex((part, index) => index < parts.length - 1 && isReleaseFolder(part));
  return at > 0 ? [parts.slice(0, at).join("/")] : [];
}
