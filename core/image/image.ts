import type { Words } from "../common/text.ts";

/** A file to write to a camera, already unpacked from its container (.dfu, HEX). */
export interface Image {
  /**
   * Its purpose: `bootloader`, `firmware`, `romfs0`, …; the board's `roles` list the ones that it
   * uses.
   */
  readonly role: string;
  /** Base name of its file, for messages. */
  readonly name: string;
  /** Its origin, for messages: a path, or `bundled`. */
  readonly source: string;
  readonly bytes: Uint8Array;
  /** Load address, if the container states one (.dfu element, HEX). */
  readonly address?: number;
  /** The alternate setting that a DfuSe file is for. */
  readonly alternate?: number;
  /** The USB device that the file's DFU suffix requires; undefined for any. */
  readonly usbIds?: { readonly vendorId?: number; readonly productId?: number };
  readonly version?: string;
  /** Lower-case hexadecimal SHA-256 of `bytes`. */
  readonly sha256: string;
  /** The original file, if it is not `bytes`: a container, or a bootloader with a blank end. */
  readonly file?: WholeFile;
  /** Made for the simulated cameras; never written to a real device. */
  readonly simulationOnly: boolean;
}

/** A file that contains more than the image. */
export interface WholeFile {
  /** Size in bytes. */
  readonly bytes: number;
  /** Returns the SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
}

/** The images chosen for one board. */
export interface BoardImages {
  /** Origin of the set, one phrase for the user. */
  readonly origin: Words;
  /** Why this set was chosen, one phrase for the user: "the newest imported set that has all". */
  readonly reason?: Words;
  get(role: string): Image | undefined;
  readonly all: readonly Image[];
}

/** An image role of a board. */
export interface ImageRole {
  readonly role: string;
  /** One phrase for help and messages: "second-stage bootloader". */
  readonly title: Words;
  /** File names in release folders, the most common first: `["romfs0.img"]`. */
  readonly fileNames: readonly string[];
  /** Jobs that cannot be planned without it; a restore also flashes, unless told otherwise. */
  readonly neededFor: readonly ("restore" | "flash")[];
  /** What contains it, if OpenMV's firmware releases do not (openmv-boards.md 8). */
  readonly comesWith?: Companion;
}

/** What contains a helper of a restore: OpenMV IDE or Alif's SE Tools. */
export type Companion = "openmv-ide" | "se-tools";
