import type { TrapTable } from "../../core/common/traps.ts";

/** Variants of the simulated camera; README.md tells what each is for. */
export interface Rt1062Traps {
  /** `full`: packets of 64 bytes. */
  readonly speed: "high" | "full";
  /** HAB is closed. */
  readonly closed: boolean;
  /** Fuse words at the start; word 6 of a camera new from the factory is 0 where it is not given. */
  readonly fuse0: number;
  readonly fuse5: number;
  readonly fuse6: number;
  /** Word 6 takes nothing more. */
  readonly fuseLocked: boolean;
  /** The ROM's reports as Windows delivers them. */
  readonly paddedInReports: boolean;
  /** No answer to a good jump. */
  readonly jumpAnswerMissing: boolean;
  /** How long the camera's own bootloader waits for a command, milliseconds (C9). */
  readonly windowMs: number;
}

export const rt1062Traps: TrapTable<Rt1062Traps> = {
  speed: ["high", "full"],
  closed: [false],
  fuse0: [0],
  fuse5: [0],
  fuse6: [0x10],
  fuseLocked: [false],
  paddedInReports: [false],
  jumpAnswerMissing: [false],
  windowMs: [1_500],
};
