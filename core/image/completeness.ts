import type { Board, Job } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import type { Companion, ImageRole } from "./image.ts";
import { text, type Words } from "../common/text.ts";

/** What a job needs of the images, what is missing, and where it can be had. */

/** What of a job is wanted. */
type Part = Pick<JobOptions, "bootloaderOnly" | "only">;

/** Roles that a job cannot do without; a restore goes on to flash unless it stops at the bootloader. */
function neededRoles({ roles }: Board, job: Job, { bootloaderOnly, only }: Part): ImageRole[] {
  if (job === "read" || job === "backup") return [];
  if (job === "flash" && only === "romfs") {
    return roles.filter(({ role }) => role.startsWith("romfs")).slice(-1);
  }
  const restores = job === "restore";
  return roles.filter(({ neededFor }) =>
    restores && neededFor.includes("restore") ||
    !(restores && bootloaderOnly) && neededFor.includes("flash")
  );
}

/** Roles of a job that are not there. */
export function missingRoles(
  board: Board,
  job: Job,
  there: ReadonlySet<string>,
  part: Part = {},
): ImageRole[] {
  return neededRoles(board, job, part).filter(({ role }) => !there.has(role));
}

/** Where a file can be had, for people. */
export function sourceOf(comesWith: Companion | undefined): Words {
  return comesWith === undefined ? text`an OpenMV firmware release` : companionTitles[comesWith];
}

const companionTitles: Readonly<Record<Companion, Words>> = {
  "openmv-ide": text`the folder of OpenMV IDE`,
  "se-tools": text`the folder of Alif's SE Tools`,
};
