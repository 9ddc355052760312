import type { BoardDrawing } from "./drawing.ts";
import type { ImageRole } from "../image/image.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { UnitId } from "../device/unit_id.ts";
import type { Words } from "../common/text.ts";

/** What can be done with a camera; `read` and `verify` write nothing to it. */
export type Job = "restore" | "flash" | "read" | "verify";

/** Whether a board offers a job; if not, the reason in one sentence and what to do instead. */
export type JobSupport = true | { readonly refused: Words };

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
  /** What is written there. */
  readonly bytes: Uint8Array;
  /** Longest time without an answer, milliseconds. */
  readonly deadlineMs: number;
  /** Names of the alternate settings that are blank afterwards, which proves it. */
  readonly blanks: readonly string[];
  /** Why the bootloader may refuse it, and what to do. */
  readonly refused: Words;
  /** What to do afterwards. */
  readonly next: Words;
}

/** A product that can be bought. */
export interface Board {
  /** Name on the command line: `openmv-h7-plus`. */
  readonly id: string;
  /** Name on the box: "OpenMV Cam H7 Plus". */
  readonly name: string;
  /** Who makes it: "OpenMV". An id that begins with it may be typed without it. */
  readonly maker: string;
  /** Folder of a firmware release: `OPENMV4P`. */
  readonly folder: string;
  /** Chip as printed: "STM32H743". */
  readonly chip: string;
  readonly jobs: Readonly<Record<Job, JobSupport>>;
  /** How it is told from the others by eye, in one line; printed names as they are printed. */
  readonly looks?: Words;
  /** What its memory holds and a job, or another tool's command line, may change. */
  readonly regions?: readonly BoardRegion[];
  readonly roles: readonly ImageRole[];
  /** What its bootloader does besides taking images. */
  readonly commands?: readonly BootloaderCommand[];
  /** Hardware steps into recovery, in order; shown by `boards`, the guided run and the guide. */
  readonly recoveryActions: readonly HardwareAction[];
  /** `st-boot-pin`: ST's ROM, by a jumper from BOOT to RST; advice names what else brings it. */
  readonly romEntry?: "st-boot-pin";
  /** Hardware steps back to normal after recovery. */
  readonly afterActions: readonly HardwareAction[];
  /** Hardware steps into the bootloader for `flash`; left out where plugging it in is enough. */
  readonly flashActions?: readonly HardwareAction[];
  /**
   * Whether two ids come from one camera: true if that is certain, false if it is impossible, undefined
   * if they do not tell. Left out: ids of this board never tell.
   */
  isSameUnit?(one: UnitId, other: UnitId): boolean | undefined;
  /** Where hands find what the actions speak of; for the guide. */
  readonly drawing?: BoardDrawing;
}
