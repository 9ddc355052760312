import { families } from "../../tests/support/boards/families.ts";
import { sha256 } from "../../core/common/sha256.ts";
import { inMemory } from "../../core/image/byte_source.ts";
import { releaseLayout } from "../../core/image/release_layout.ts";
import { maximumEntrySize, zipFiles } from "../../core/image/zip.ts";
import { download, MissingFile } from "./download.ts";
import type { Lock, LockedArchive, LockedFile, LockedLicence } from "./lock_file.ts";
import { isNeeded, lockSchema } from "./lock_file.ts";
import { lockedSet } from "./locked_set.ts";
import { companionAddress, type LicenceFacts, licenceOf, type Sources } from "./sources.ts";

/** Largest archive, bytes: larger than any firmware release. Chosen by unbrick. */
const maximumArchive = 536_870_912;

/** The maintainer's decision about a licence. */
export type Decide = (
  facts: LicenceFacts,
  files: readonly LockedFile[],
) => Promise<Pick<LockedLicence, "decision" | "notice">>;

/**
 * Downloads everything that a restore of each family needs, checks it as a run would, and asks for a
 * decision about each licence.
 * @param say Receives a line for each image that the sources do not have.
 * @throws Error with the address or the file, and the reason: an image that a job needs is missing,
 * or is not right
 */
export async function makeLock(
  version: string,
  sources: Sources,
  decide: Decide,
  say: (line: string) => void,
): Promise<Lock> {
  const downloads = new Map<string, { archive: LockedArchive; bytes: Uint8Array }>();
  const get = async (address: string, maximum: number) => {
    const { bytes, redirects } = await download(address, { maximum });
    const archive = { address, redirects: [...redirects], ...pin(bytes) };
    downloads.set(address, { archive, bytes });
    return bytes;
  };
  const zip = zipFiles(
    inMemory(await get(sources.firmware, maximumArchive)),
    sources.firmware.slice(sources.firmware.lastIndexOf("/") + 1),
  );
  const layout = releaseLayout(zip);
  const files: LockedFile[] = [];
  const facts = new Map<string, LicenceFacts>();
  for (const board of families.flatMap((family) => family.boards)) {
    if (board.jobs.restore !== true && board.jobs.flash !== true) continue;
    if (layout.placeOf(board) === undefined) {
      say(`${board.id}: not in ${sources.firmware}`);
      continue;
    }
    const inRelease = layout.pathsFor({
      ...board,
      roles: board.roles.filter(({ comesWith }) => comesWith === undefined),
    });
    for (const role of board.roles) {
      const path = inRelease.get(role.role);
      const address = companionAddress(board, role, sources);
      const bytes = path !== undefined
        ? zip.read(path)
        : address === undefined
        ? undefined
        : await get(address, maximumEntrySize).catch(onlyMissing);
      if (bytes === undefined) {
        if (isNeeded(board, role)) {
          throw new Error(
            `${address ?? sources.firmware}: it has no ${role.fileNames[0]} for ${board.id}`,
          );
        }
        say(`${board.id}, ${role.role}: not in ${address ?? sources.firmware}, and not required`);
        continue;
      }
      const licence = licenceOf(board, role);
      facts.set(licence.id, licence);
      files.push({
        board: board.id,
        role: role.role,
        archive: path === undefined ? address! : sources.firmware,
        ...(path !== undefined && { path }),
        ...pin(bytes),
        licence: licence.id,
      });
    }
  }
  const archives = [...downloads.values()].map(({ archive }) => archive);
  await checkAll({ schema: lockSchema, version, archives, licences: [], files }, facts, downloads);
  const licences: LockedLicence[] = [];
  for (const one of facts.values()) {
    const { id, title, licence, source } = one;
    const decided = await decide(one, files.filter((file) => file.licence === id));
    licences.push({ id, title, licence, source, ...decided });
  }
  return { schema: lockSchema, version, archives, licences, files };
}

const pin = (bytes: Uint8Array) => ({ size: bytes.length, sha256: sha256(bytes) });

function onlyMissing(error: unknown): undefined {
  if (!(error instanceof MissingFile)) throw error;
}

/** Checks every file as if all licences were accepted. */
async function checkAll(
  lock: Lock,
  facts: ReadonlyMap<string, LicenceFacts>,
  downloads: ReadonlyMap<string, { readonly bytes: Uint8Array }>,
): Promise<void> {
  const licences = [...facts.values()].map((one): LockedLicence => ({
    ...one,
    decision: "accepted",
    notice: "not decided yet",
  }));
  await lockedSet(
    { ...lock, licences },
    ({ address }) => Promise.resolve(downloads.get(address)!.bytes),
  );
}
