import type { Words } from "../common/text.ts";
import type { Board } from "../family/board.ts";
import type { Plan } from "../family/family.ts";
import type { SavedBefore } from "./events.ts";
import type { PlannedBackup } from "./planned_backup.ts";
import type { Target } from "./step.ts";

/** What the summary before the first write says about the user's files. */

/** Returns what becomes of the board's regions, by their names for people. */
export function savedBefore({ regions = [] }: Board, backup: PlannedBackup): SavedBefore[] {
  return backup.regions.flatMap(({ address, size, state, reason }) =>
    regions.filter((one) => one.address >= address && one.address < address + size)
      .map(({ name: region }) => ({ region, state, ...(reason && { reason }) }))
  );
}

/**
 * Returns the places of files that a job without a backup may lose: firmware makes a new file system if
 * it cannot read the old one (openmv-runtime.md 3.1), and that of old firmware may begin inside today's
 * bootloader (3.3). A ROMFS alone touches none.
 */
export function filesAtRisk({ job, board }: Plan, changes: readonly Target[]): Words[] {
  if (job !== "restore" && job !== "flash") return [];
  const { regions = [] } = board;
  const isOther = ({ address }: Target) =>
    !regions.some((one) => one.address === address && one.role?.startsWith("romfs"));
  if (!changes.some(isOther)) return [];
  return regions.filter(({ isFilesystem }) => isFilesystem).map(({ name }) => name);
}
