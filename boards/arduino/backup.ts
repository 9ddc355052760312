import type { JobOptions } from "../../core/family/family.ts";
import type { Region } from "../../core/image/backup.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { type BackupSource, backupSteps as saveSteps } from "../../core/plan/backup_steps.ts";
import { savingSteps } from "../../core/plan/save_first.ts";
import type { Step } from "../../core/plan/step.ts";
import { EXTERNAL_FLASH, INTERNAL_FLASH, places, type PortentaClass } from "./boards.ts";
import { withDfu } from "./dfu.ts";
import { enterStep, leaveStep } from "./enter.ts";

/** Milliseconds to transfer one byte (dfu-dfuse.md G1). */
const MS_PER_BYTE = 1 / 400;
const START = places.find(({ role }) => role === "firmware")!.address;

const region = (name: string, address: number, size: number): Region => ({
  name,
  memory: address < EXTERNAL_FLASH ? "flash" : "external",
  address,
  size,
});

/** All of both flashes, in regions (openmv-boards.md 3.6, openmv-runtime.md 3.1). */
export const backupRegions: readonly Region[] = [
  region("bootloader", INTERNAL_FLASH, 0x2_0000),
  region("internal-filesystem", 0x0802_0000, 0x2_0000),
  region("filesystem", EXTERNAL_FLASH, 0xB0_0000),
  ...places.map(({ role, address, limit }) => region(role, address, limit)),
];

const sources: readonly BackupSource[] = backupRegions.map((region) => ({
  ...region,
  weight: region.size * MS_PER_BYTE,
  read: (context, onProgress) =>
    withDfu(context, region.address, (memory) =>
      memory.readRange(region.address, region.size, {
        signal: context.signal,
        onProgress: ({ done }) => onProgress(done),
      })),
}));

/** Returns the steps of `backup`: both flashes whole. */
export function backupSteps(
  _: BoardImages,
  { backup }: JobOptions,
  board: PortentaClass,
): Step[] {
  return [enterStep(board), ...saveSteps(backup!, sources), leaveStep(START)];
}

/** Returns the steps of `--backup` for a flash. */
export function saveBeforeFlash({ backup }: JobOptions): readonly Step[] {
  return savingSteps(backup, { first: sources }).first;
}
