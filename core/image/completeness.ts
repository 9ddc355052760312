import type { Board, Job } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import type { Companion, ImageRole } from "./image.ts";
import { addresses, type Place } from "../common/addresses.ts";
import { text, type Words } from "../common/text.ts";

/** Which images a job needs, which are missing, and where to get them. */

/** What of a job is wanted. */
type Part = Pick<JobOptions, "bootloaderOnly" | "only">;

/**
 * Returns the roles that a job needs; a restore also flashes, unless it stops at the bootloader.
 */
function neededRoles({ roles }: Board, job: Job, { bootloaderOnly, only }: Part): ImageRole[] {
  if (job !== "restore" && job !== "flash" && job !== "verify") return [];
  if (job === "flash" && only === "romfs") {
    return roles.filter(({ role }) => role.startsWith("romfs")).slice(-1);
  }
  const restores = job === "restore";
  return roles.filter(({ neededFor }) =>
    restores && neededFor.includes("restore") ||
    !(restores && bootloaderOnly) && neededFor.includes("flash")
  );
}

/** Returns the missing roles of a job. */
export function missingRoles(
  board: Board,
  job: Job,
  there: ReadonlySet<string>,
  part: Part = {},
): ImageRole[] {
  return neededRoles(board, job, part).filter(({ role }) => !there.has(role));
}

/** Returns where to get the images of these roles, each place once. */
export function placesFor(roles: readonly ImageRole[]): Place[] {
  const kinds = new Set(roles.map(({ comesWith }) => comesWith ?? "firmware"));
  return [...kinds].map((what) => ({ what, address: addresses[what] }));
}

/** Returns where to get a file, for people. */
export function sourceOf(comesWith: Companion | undefined): Words {
  return comesWith === undefined ? text`an OpenMV firmware release` : companionTitles[comesWith];
}

const companionTitles: Readonly<Record<Companion, Words>> = {
  "openmv-ide": text`the folder of OpenMV IDE`,
  "se-tools": text`the folder of Alif's SE Tools`,
};
