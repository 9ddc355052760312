import type { Words } from "../common/text.ts";
import type { Region } from "../image/backup.ts";

/** What becomes of a region: in the backup, or read later in this run, or not saved. */
export interface RegionBackup extends Region {
  readonly state: "saved" | "later" | "not-saved";
  readonly reason?: Words;
}

/** A backup that belongs to a run which then writes. */
export interface PlannedBackup {
  /** Name of the file. */
  readonly file: string;
  readonly regions: readonly RegionBackup[];
}
