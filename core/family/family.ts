import type { Board, Job } from "./board.ts";
import type { Clock } from "../common/clock.ts";
import type { CameraAccess } from "../device/camera_access.ts";
import type { DetectedDevice, SeenDevice, UnusableDevice } from "../device/detected_device.ts";
import type { BoardImages } from "../image/image.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { Consent } from "../plan/operator.ts";
import type { Step } from "../plan/step.ts";
import type { SerialSocket } from "../transport/serial/memory.ts";
import type { Traps, TrapTable } from "../common/traps.ts";
import type { UsbSocket } from "../transport/usb/model.ts";
import type { Words } from "../common/text.ts";

/** The plugin contract: what a board family is. */

/** What happens to a ROMFS that is there. */
export type RomfsMode = "auto" | "keep" | "write";

/** What a person may want of a job beside the job itself. */
export interface JobOptions {
  /** restore: stop after the bootloader is proven, do not flash the firmware. */
  readonly bootloaderOnly?: boolean;
  /** flash, restore: also write an empty file system. */
  readonly eraseFilesystem?: boolean;
  /**
   * flash, restore: what happens to a ROMFS that is there. `auto` keeps the user's own, `keep` any,
   * `write` none. Left out: written without a look.
   */
  readonly romfs?: RomfsMode;
  /** How known ROMFS images begin, for `auto`: 4 KiB of each. */
  readonly knownRomfs?: readonly Uint8Array[];
  /** flash: only the firmware, or only the ROMFS; of each core, if there are two. */
  readonly only?: "firmware" | "romfs";
  /** read: the region's name, or an address range. */
  readonly region?: string;
  readonly address?: number;
  readonly length?: number;
  /** Rights of an expert, by name, for example `unlock-erases-all`; asked for by consents. */
  readonly allow?: readonly string[];
}

/** What a job does to a board: its steps in the order in which they run. */
export interface Plan {
  readonly job: Job;
  readonly board: Board;
  readonly steps: readonly Step[];
  /** The images as they are written; none for a job that only reads. */
  readonly images: BoardImages;
}

/** Images that may be written. */
export interface CheckedImages {
  /** As they are written: the blank end of a bootloader is cut off. */
  readonly written: BoardImages;
  /** What must be permitted by name before. */
  readonly needs: readonly Consent[];
}

/** What talking to a device tells about which board it is. */
export interface Identity {
  /** Boards it can still be; empty if the evidence contradicts all. */
  readonly boardIds: readonly string[];
  /** What was read, one sentence each. */
  readonly evidence: readonly Words[];
}

/** What a simulated camera is made of, and how it begins. */
export interface SimulationOptions {
  readonly clock: Clock;
  readonly socket: UsbSocket;
  /** Where the camera's serial adapter shows up in this process; left out: on USB only. */
  readonly serial?: SerialSocket;
  /** How the camera starts: `bricked` (default: bootloader gone, the rest intact), `healthy`, `blank`. */
  readonly condition?: "bricked" | "healthy" | "blank";
  /** Chip traps and variants by name; the family's README lists them. */
  readonly traps?: Traps;
  /** Images that the camera holds at the start; default: the family's own generated ones. */
  readonly images?: BoardImages;
  /** Images that the job writes: the chip's keys are those that their signatures need. */
  readonly plannedImages?: BoardImages;
  /** Which of several cameras it is: each has serial numbers of its own. Default 0. */
  readonly unit?: number;
}

/** A model of a whole camera: what enumerates, when, and after which hardware action. */
export interface SimulatedBoard {
  readonly board: Board;
  /** Does what a hand would do. The board starts unplugged. */
  perform(action: HardwareAction): Promise<void>;
  /** A copy of a memory by name (`flash`, `qspi`, …), for tests; `not-found` for a name it has not. */
  memory(name: string): Uint8Array;
  /** Sum of the times the chip was busy erasing and programming, milliseconds. */
  readonly busyMs: number;
}

/** Boards that are restored in the same way. A plugin exports one, or what makes one. */
export interface BoardFamily {
  readonly id: string;
  readonly boards: readonly Board[];
  /** USB ids this family wants to look at; only these devices are opened to read their strings. */
  readonly usbIds: readonly { readonly vendorId: number; readonly productId?: number }[];
  /** Names a device that was seen; undefined for strangers. Never opens it. */
  recognise(seen: SeenDevice): DetectedDevice | undefined;
  /** Names a device that no family recognises, and says why it is left alone. Never opens it. */
  refuse?(seen: SeenDevice): Pick<UnusableDevice, "title" | "reason"> | undefined;
  /** Asks a seen device which board it is (reads only). Left out where the detected device says all. */
  identify?(camera: CameraAccess, detected: DetectedDevice): Promise<Identity>;
  /**
   * Ordered steps for a job. Pure: it checks the images and touches no device.
   * @throws UnbrickError `bad-image`, `wrong-board`, `not-found` (an image is missing), `usage`.
   */
  plan(job: Job, board: Board, images: BoardImages, options: JobOptions): Plan;
  /**
   * Checks the images that are there, each as `plan` would; a missing one is no fault. Pure. Left out:
   * images of this family cannot be imported.
   * @throws UnbrickError `bad-image`, `wrong-board`.
   */
  checkImages?(board: Board, images: BoardImages): CheckedImages;
  /** What a job may ask to be permitted by name, besides `write`; for `--allow` and `--allow-fuse`. */
  readonly consents?: readonly Consent[];
  /** Chip traps and variants of the simulated cameras, for `--trap`; the family's README explains them. */
  readonly traps?: TrapTable;
  /** A model of the board for the demo, training and tests. */
  simulate(board: Board, options: SimulationOptions): SimulatedBoard;
}
