import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { text } from "../../core/common/text.ts";
import type { JobOptions } from "../../core/family/family.ts";
import { partitionRegions, partitionSource } from "../../core/openmv_bootloader/backup.ts";
import type { BackupSource } from "../../core/plan/backup_steps.ts";
import { type SavingSteps, savingSteps } from "../../core/plan/save_first.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { withRom } from "./rom.ts";
import { readMs } from "./timing.ts";

/** What a backup reads, and the steps of `--backup`. */

/** Returns the steps of `--backup` for a flash: everything, through the bootloader. */
export function saveBeforeFlash(options: JobOptions, board: Stm32Board): readonly Step[] {
  return savingSteps(options.backup, { first: sources(board) }).first;
}

/**
 * Returns the steps of `--backup` for a restore: the chip's flash through the ROM, before the bootloader
 * is written; what is outside of the chip through the new bootloader.
 * @param backToRom brings the camera back after reading half-written flash crashed its ROM
 */
export function saveBeforeRestore(
  options: JobOptions,
  board: Stm32Board,
  backToRom: (context: StepContext) => Promise<void>,
): SavingSteps {
  const all = sources(board);
  const isInside = ({ memory }: BackupSource) => memory === "flash";
  return savingSteps(options.backup, {
    first: all.filter(isInside).map((source) => ({
      ...source,
      read: async (context, onProgress) => {
        try {
          return await source.read(context, onProgress);
        } catch (error) {
          if (!isKind(error, "disconnected") || await context.detected(["bootloader"])) throw error;
          await backToRom(context);
          throw crashed(source, error);
        }
      },
    })),
    later: all.filter((source) => !isInside(source)),
  });
}

function crashed({ name: region }: BackupSource, cause: unknown): UnbrickError {
  return new UnbrickError(
    "device-status",
    text`The ROM disconnects while it reads this. Half-written flash can cause that.`,
    { region },
    { cause },
  );
}

/** Returns all regions, and how each is read in the mode that the camera is in. */
export function sources(board: Stm32Board): BackupSource[] {
  const { partitions } = board;
  return partitionRegions(partitions).map((region): BackupSource => {
    const source = partitionSource(partitions, region, readMs);
    return {
      ...source,
      hidden: async (context) =>
        region.memory === "flash" || await context.detected(["bootloader"])
          ? undefined
          : text`the ROM cannot read it. Remove the jumper, and back up the camera again.`,
      read: async (context, onProgress) =>
        await context.detected(["bootloader"])
          ? await source.read(context, onProgress)
          : await withRom(context, (memory) =>
            memory.readRange(region.address, region.size, {
              signal: context.signal,
              onProgress: ({ done }) => onProgress(done),
            })),
    };
  });
}
