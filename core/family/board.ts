import type { BoardDrawing } from "./drawing.ts";
import type { ImageRole } from "../image/image.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { UnitId } from "../device/unit_id.ts";
import type { Words } from "../common/text.ts";

/**
 * A task that unbrick does with a camera; `read`, `verify`, `backup`, `check` and `look` write nothing
 * to it.
 */
export type Job =
  | "restore"
  | "flash"
  | "read"
  | "verify"
  | "backup"
  | "put-back"
  | "check"
  | "look";

/**
 * True if a board supports a job; otherwise the reason, in one sentence, and what to do instead.
 */
export type JobSupport = true | { readonly refused: Words };

/**
 * Jobs that a board names; what can be read can be backed up, and what can be flashed put back, checked
 * and looked at.
 */
type NamedJob = Exclude<Job, "backup" | "put-back" | "check" | "look">;

/** Whether a board supports a job. */
export function jobSupport({ jobs }: Pick<Board, "jobs">, job: Job): JobSupport {
  return jobs[
    job === "backup"
      ? "read"
      : job === "put-back" || job === "check" || job === "look"
      ? "flash"
      : job
  ];
}

/** A stretch of a camera's memory, and what belongs there. */
export interface BoardRegion {
  /** Name for people, as targets have it (`Target.region`): "ROMFS". */
  readonly name: Words;
  /** First address, in the memory that holds it. */
  readonly address: number;
  /** Size in bytes. */
  readonly size: number;
  /** Role of the image that goes there; left out: none does. */
  readonly role?: string;
  /** The user's files are there. */
  readonly isFilesystem?: true;
  /** The alternate setting of the camera's bootloader that begins with it, by name. */
  readonly partition?: string;
}

/** A command of a camera's bootloader: a key is written to an alternate setting that cannot be read. */
export interface BootloaderCommand {
  /** Name of the alternate setting. */
  readonly partition: string;
  /** The bytes to write to it. */
  readonly bytes: Uint8Array;
  /** Longest time without an answer, milliseconds. */
  readonly deadlineMs: number;
  /** Names of the alternate settings that are blank afterwards, as a proof. */
  readonly blanks: readonly string[];
  /** Why the bootloader may refuse the command, and what to do then. */
  readonly refused: Words;
  /** The next action for the person. */
  readonly next: Words;
}

/** A camera model as it is sold. */
export interface Board {
  /** Name on the command line: `openmv-h7-plus`. */
  readonly id: string;
  /** Product name: "OpenMV Cam H7 Plus". */
  readonly name: string;
  /** Who makes it: "OpenMV". An id that begins with it may be typed without it. */
  readonly maker: string;
  /** Folder for this board in a firmware release: `OPENMV4P`. */
  readonly folder: string;
  /** Names of that folder in older releases (openmv-runtime.md 4.2). */
  readonly formerFolders?: readonly string[];
  /** Chip as printed: "STM32H743". */
  readonly chip: string;
  readonly jobs: Readonly<Record<NamedJob, JobSupport>>;
  /** How to recognise the board by eye, in one line. Quotes printed names exactly. */
  readonly looks?: Words;
  /** What its memory holds and a job, or another tool's command line, may change. */
  readonly regions?: readonly BoardRegion[];
  /** A board that is sold without an image sensor. */
  readonly mayHaveNoSensor?: true;
  readonly roles: readonly ImageRole[];
  /** Commands that its bootloader supports in addition to writing images. */
  readonly commands?: readonly BootloaderCommand[];
  /**
   * Steps by hand that put the board into recovery mode, in order. Shown by `boards`, the wizard
   * and the guide.
   */
  readonly recoveryActions: readonly HardwareAction[];
  /** `st-boot-pin`: ST's ROM, by a jumper from BOOT to RST; advice names what else brings it. */
  readonly romEntry?: "st-boot-pin";
  /** Steps by hand that return the board to normal after recovery. */
  readonly afterActions: readonly HardwareAction[];
  /**
   * Steps by hand that start the bootloader for `flash`. Omitted if plugging in the board is
   * enough.
   */
  readonly flashActions?: readonly HardwareAction[];
  /**
   * Whether two ids come from one camera: true if that is certain, false if it is impossible, undefined
   * if they do not tell. Left out: ids of this board never tell.
   */
  isSameUnit?(one: UnitId, other: UnitId): boolean | undefined;
  /** Shows where the parts named by the actions are on the board. */
  readonly drawing?: BoardDrawing;
}
