import type { Board, Job } from "../../../core/family/board.ts";
import type { ErrorKind } from "../../../core/common/errors.ts";
import type { BoardFamily, JobOptions, SimulatedBoard } from "../../../core/family/family.ts";
import type { FlashMemory } from "../../../core/common/flash_memory.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import type { UserRegion } from "./backup_watch.ts";
import type { Trial } from "../plan/plan_rig.ts";
import type { SerialLine } from "../../../core/transport/serial/line.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { VirtualSocket } from "../../../core/transport/usb/virtual_bus.ts";

/**
 * Makes a wrong answer from a right one; undefined for transfers whose answers stay as they are.
 */
export type Answer = (transfer: Transfer, reply: Uint8Array) => Uint8Array | undefined;

/**
 * What a family says about one job on one of its cameras, so that every fault can be tried on it
 * (ARCHITECTURE.md, "Fault runs"). The images are as small as possible, so that there are few
 * transfers.
 */
export interface FaultSubject {
  /** The name in replay commands: `openmv-h7.restore`, `openmv-h7.flash`. */
  readonly id: string;
  readonly family: BoardFamily;
  readonly board: Board;
  readonly job: Job;
  readonly options: JobOptions;
  /** Saves the user's files first. */
  readonly isSaving?: true;
  readonly images: BoardImages;
  /** How a run without faults ends; omitted: successfully. */
  readonly expected?: ErrorKind;
  /**
   * The restore that repairs the camera after an interruption that the job itself cannot repair, as
   * the family's README says. Omitted: the same command always can.
   */
  readonly rescue?: Pick<FaultSubject, "job" | "options">;
  /**
   * The job writes a program that the chip starts without the jumper: if the process is killed and the
   * jumper taken off, it must be whole or not start.
   */
  readonly hasJumper?: true;
  /** Wrong answers, by name, of the protocols that the job uses. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Wrong frames on the serial line, by name. */
  readonly lineAnswers?: Readonly<Record<string, Uint8Array>>;
  /**
   * Makes a camera in the condition in which the job finds it, on port 1-1 of the trial's bus. It
   * starts damaged firmware, so that a missing read-back leads to a false success that the judge
   * detects.
   */
  camera(trial: Trial): FaultCamera;
}

/** One camera of a fault run, seen from inside: it shows nothing that a client only believes. */
export interface FaultCamera {
  readonly board: SimulatedBoard;
  readonly socket: VirtualSocket;
  /** The line behind its serial adapter, if the job uses it. */
  readonly line?: SerialLine;
  /** Makes the chip reset by itself, if it has a serial line. */
  crash?(): void;
  /** All memories that keep their contents without power, except fuses. */
  readonly memories: readonly FlashMemory[];
  /**
   * Returns the names of the job's results that are missing; empty if none is.
   * @param outputs what a `read` returned
   */
  missing(outputs: ReadonlyMap<string, Uint8Array>): readonly string[];
  /** The program that the chip starts without the jumper; of subjects with `hasJumper`. */
  readonly program?: StartedProgram;
  /** Where the user's files are; only of jobs with `--backup`, which save only these regions. */
  readonly userRegions?: readonly UserRegion[];
  /** Things that must never happen to a camera, and did. */
  forbiddenOperations(): readonly string[];
  readonly fuse?: FuseWatch;
}

/** A program in flash, and how it shows on the bus that the chip has started it. */
export interface StartedProgram {
  /** Of the USB device that it shows. */
  readonly productId: number;
  readonly memory: FlashMemory;
  readonly address: number;
  /**
   * Bytes at its start without which it does not start, written last and at once. Nobody can read
   * them back before the program can start, so all that counts is that the rest was whole by then.
   */
  readonly head: number;
  /** Its whole versions: what was there before, what the job writes. */
  readonly versions: readonly Uint8Array[];
}

/** Counts the burns of a one-way fuse. */
export interface FuseWatch {
  /** The burns of a run without faults: 1, or 0 if the fuse is already burnt. */
  readonly expected: number;
  readonly burns: number;
  /** The burns that happened before the flash was correct. */
  readonly early: number;
  /** Asked before each burn. If it returns true, the burn is acknowledged but has no effect. */
  refuse: (() => boolean) | undefined;
}
