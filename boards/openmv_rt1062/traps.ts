import { type FirmwareTraps, firmwareTraps } from "../../core/openmv_bootloader/firmware_traps.ts";
import { type MemoryTraps, memoryTraps } from "../../core/openmv_bootloader/memory_traps.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** Variants of the simulated camera; README.md explains each of them. */
export interface Rt1062Traps extends FirmwareTraps, MemoryTraps {
  /** `full`: packets of 64 bytes. */
  readonly speed: "high" | "full";
  /** HAB is closed. */
  readonly closed: boolean;
  /** Fuse words at the start; if not given, word 6 of a blank camera is 0. */
  readonly fuse0: number;
  readonly fuse5: number;
  readonly fuse6: number;
  /** Word 6 accepts no more changes. */
  readonly fuseLocked: boolean;
  /** The ROM's reports as Windows delivers them. */
  readonly paddedInReports: boolean;
  /** A successful jump is not answered. */
  readonly jumpAnswerMissing: boolean;
  /** A bootloader or firmware that is damaged behind its vector table starts all the same. */
  readonly startsDamaged: boolean;
  /** How long the camera's own bootloader waits for a command, milliseconds (C9). */
  readonly windowMs: number;
}

export const rt1062Traps: TrapTable<Rt1062Traps> = {
  ...firmwareTraps,
  ...memoryTraps,
  speed: ["high", "full"],
  closed: [false],
  fuse0: [0],
  fuse5: [0],
  fuse6: [0x10],
  fuseLocked: [false],
  paddedInReports: [false],
  jumpAnswerMissing: [false],
  startsDamaged: [false],
  windowMs: [1_500],
};
