import type { Board, Job } from "../../../core/family/board.ts";
import type { ErrorKind } from "../../../core/common/errors.ts";
import type { BoardFamily, JobOptions, SimulatedBoard } from "../../../core/family/family.ts";
import type { FlashMemory } from "../../../core/common/flash_memory.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import type { Trial } from "../plan/plan_rig.ts";
import type { SerialLine } from "../../../core/transport/serial/line.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { VirtualSocket } from "../../../core/transport/usb/virtual_bus.ts";

/** Makes a wrong answer of a right one; undefined for transfers whose answers it leaves alone. */
export type Answer = (transfer: Transfer, reply: Uint8Array) => Uint8Array | undefined;

/**
 * What a family tells of one job on one of its cameras, so that every fault can be tried on it
 * (ARCHITECTURE.md, "Fault runs"). Images are as small as can be, so that there are few transfers.
 */
export interface FaultSubject {
  /** As replay commands name it: `openmv-h7.restore`, `openmv-h7.flash`. */
  readonly id: string;
  readonly family: BoardFamily;
  readonly board: Board;
  readonly job: Job;
  readonly options: JobOptions;
  readonly images: BoardImages;
  /** What a run without faults ends with; left out: with success. */
  readonly expected?: ErrorKind;
  /**
   * What brings the camera back after an interruption that the job itself cannot repair, as the
   * family's README says. Left out: the same command always can.
   */
  readonly rescue?: Pick<FaultSubject, "job" | "options">;
  /** Wrong answers, by name, of the protocols that the job speaks. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** The same for frames on the serial line. */
  readonly lineAnswers?: Readonly<Record<string, Uint8Array>>;
  /**
   * A camera in the state in which the job finds it, on port 1-1 of the trial's bus. It starts
   * damaged firmware, so that a missing read-back ends as a false success that the judge sees.
   */
  camera(trial: Trial): FaultCamera;
}

/** One camera of a fault run, looked at from inside: nothing here is what a client believes. */
export interface FaultCamera {
  readonly board: SimulatedBoard;
  readonly socket: VirtualSocket;
  /** The line behind its serial adapter, if the job uses it. */
  readonly line?: SerialLine;
  /** Makes the chip reset by itself, if it has a line. */
  crash?(): void;
  /** All that it keeps without power, fuses apart. */
  readonly memories: readonly FlashMemory[];
  /**
   * What the job should have brought about and is not there, by name; empty if all is.
   * @param outputs what a `read` handed over.
   */
  missing(outputs: ReadonlyMap<string, Uint8Array>): readonly string[];
  /** What must never happen to a camera, and did. */
  forbiddenOperations(): readonly string[];
  readonly fuse?: FuseWatch;
}

/** Somebody who counts the burns of a one-way fuse. */
export interface FuseWatch {
  /** Burns that a golden run makes: 1, or 0 where the fuse is burnt already. */
  readonly expected: number;
  readonly burns: number;
  /** Burns that came before the flash was as it should be. */
  readonly early: number;
  /** Asked before each burn: true, and it is acknowledged but nothing happens. */
  refuse: (() => boolean) | undefined;
}
