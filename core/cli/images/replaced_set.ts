import { UnbrickError } from "../../common/errors.ts";
import { text, type Words } from "../../common/text.ts";
import type { NewSet } from "../../image/import_set.ts";
import { parseManifest } from "../../image/manifest.ts";
import { hasManifest, manifestName, type ManifestSet } from "../../image/manifest_set.ts";
import type { StoredSet } from "../../image/set_store.ts";
import { byVersion } from "../../image/set_version.ts";
import type { Session } from "../session.ts";

/**
 * Says which set of the same name an import replaces; asks before a newer one goes, or one that
 * may be newer.
 *
 * @param isAllowed replaces it without asking
 * @returns undefined if there is none, if it has the same images, or if it cannot be used anyway
 * @throws UnbrickError `consent-needed`, `cancelled`
 */
export async function replacedBy(
  { context, console }: Session,
  { name, version, files }: NewSet,
  stored: readonly StoredSet[],
  isAllowed: boolean,
): Promise<Words | undefined> {
  const pack = stored.find((one) => one.name === name)?.pack;
  if (pack === undefined || !hasManifest(pack)) return undefined;
  const images = imagesIn(parseManifest(files.get(manifestName)!, name).files);
  if (images === imagesIn(pack.manifest.files)) return undefined;
  const older = pack.manifest.version;
  const label = older === undefined || older === name ? name : text`${name} (version ${older})`;
  if (older !== undefined && version !== undefined && byVersion(older, version) > 0) {
    return text`It replaces the set ${label}, which is older.`;
  }
  const isNewer = older !== undefined && version !== undefined && byVersion(older, version) < 0;
  const why = isNewer
    ? text`The set ${label} has already been imported, and it is newer.`
    : text`The set ${label} has already been imported with other images, and nothing shows which of
      the two is newer.`;
  if (!isAllowed) {
    const question = text`${why} Replace it?`;
    if (!console.canAsk) {
      throw new UnbrickError(
        "consent-needed",
        text`${why} To keep both, give the new set another name with --name.`,
        { consent: "replace-set", set: name },
      );
    }
    if (!await context.prompts.confirm(question, context.signal)) {
      throw new UnbrickError("cancelled", text`Nothing was imported.`, { set: name });
    }
  }
  return text`It replaces the set ${label}.`;
}

/** What a set holds, whatever it was imported from. */
function imagesIn(files: ManifestSet["manifest"]["files"]): string {
  return files.map(({ folder, role, sha256 }) => `${folder} ${role} ${sha256}`).toSorted().join();
}
