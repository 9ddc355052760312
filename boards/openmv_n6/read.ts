import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { catchBootloader } from "../../core/openmv_bootloader/catch.ts";
import { readMemory } from "../../core/openmv_bootloader/read.ts";
import { leaveStep } from "../../core/openmv_bootloader/steps.ts";
import { type ReadableCamera, wantedRanges } from "../../core/openmv_bootloader/wanted_ranges.ts";
import { readStep } from "../../core/plan/read_only_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { savingSteps } from "../../core/plan/save_first.ts";
import { backupSteps as saveSteps } from "../../core/plan/backup_steps.ts";
import { partitionRegions, partitionSource } from "../../core/openmv_bootloader/backup.ts";
import { board, FLASH_BASE, FLASH_SIZE, partitions } from "./boards.ts";
import { catchOptions } from "./catch_options.ts";
import { readMs } from "./timing.ts";
import { text } from "../../core/common/text.ts";

const camera: ReadableCamera = {
  board,
  partitions,
  whole: { name: "flash", memory: "xspi", address: FLASH_BASE, length: FLASH_SIZE },
  memoryAt: () => "xspi",
};

/** Returns the steps of `read`: the camera's bootloader reads; ROM and OpenBootloader cannot. */
export function readSteps(_: BoardImages, options: JobOptions): Step[] {
  return [
    reachStep(),
    ...wantedRanges(camera, options).map((range) =>
      readStep(
        range.name,
        readMs(range.length),
        (context) => readMemory(context, partitions, range),
      )
    ),
    leaveStep(partitions),
  ];
}

/** Returns the first step of jobs that only read. */
export function reachStep(): Step {
  return {
    id: "reach",
    title: text`Bring the camera into its bootloader`,
    weight: 1_500,
    effect: "none",
    async run(context) {
      await catchBootloader(context, catchOptions);
    },
  };
}

/** Returns the steps of `backup`, through the camera's bootloader. */
export function backupSteps(_: BoardImages, { backup }: JobOptions): Step[] {
  return [reachStep(), ...saveSteps(backup!, sources()), leaveStep(partitions)];
}

const sources = () =>
  partitionRegions(partitions).map((region) => partitionSource(partitions, region, readMs));

/** Returns the steps of `--backup` for a flash: everything, through the bootloader. */
export function saveBeforeFlash({ backup }: JobOptions): readonly Step[] {
  return savingSteps(backup, { first: sources() }).first;
}

/**
 * Returns the steps of `--backup` for a restore, through the new bootloader: before that, nothing can
 * read the flash.
 */
export function saveBeforeFirmware({ backup }: JobOptions): readonly Step[] {
  const isBootloader = ({ name }: { readonly name: string }) => name === "bootloader";
  const reason = text`Neither the ROM nor OpenBootloader can read it, and a restore replaces it.`;
  return savingSteps(backup, {
    later: sources().filter((source) => !isBootloader(source)),
    never: partitionRegions(partitions).filter(isBootloader).map((one) => ({ ...one, reason })),
  }).later;
}
