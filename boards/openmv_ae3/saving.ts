import { text } from "../../core/common/text.ts";
import type { JobOptions } from "../../core/family/family.ts";
import { partitionRegions, partitionSource } from "../../core/openmv_bootloader/backup.ts";
import { savingSteps } from "../../core/plan/save_first.ts";
import type { Step } from "../../core/plan/step.ts";
import { partitions } from "./boards.ts";
import { readMs } from "./timing.ts";

/** What a backup reads, and the steps of `--backup`. */

/** Returns all regions that the bootloader can read. */
export const sources = () =>
  partitionRegions(partitions).map((region) => partitionSource(partitions, region, readMs));

/** Returns the steps of `--backup` for a flash: everything, through the bootloader. */
export function saveBeforeFlash({ backup }: JobOptions): readonly Step[] {
  return savingSteps(backup, { first: sources() }).first;
}

/**
 * Returns the steps of `--backup` for a restore, through the new bootloader: the Secure Enclave shows
 * nothing of the flash.
 */
export function saveBeforeFirmware({ backup }: JobOptions): readonly Step[] {
  const isReplaced = ({ name }: { readonly name: string }) => name === "boot" || name === "toc";
  const reason = text`The Secure Enclave cannot read it, and a restore replaces it.`;
  return savingSteps(backup, {
    later: sources().filter((source) => !isReplaced(source)),
    never: partitionRegions(partitions).filter(isReplaced).map((one) => ({ ...one, reason })),
  }).later;
}
