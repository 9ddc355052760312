import type { Words } from "../common/text.ts";

/** A file that goes into a camera, already unpacked from its container (.dfu, HEX). */
export interface Image {
  /** What it is for: `bootloader`, `firmware`, `romfs0`, … ; the board's `roles` list the ones it takes. */
  readonly role: string;
  /** Base name of the file it came from, for messages. */
  readonly name: string;
  /** Where it came from, for messages: a path, or `bundled`. */
  readonly source: string;
  readonly bytes: Uint8Array;
  /** Load address, when the container states one (.dfu element, HEX). */
  readonly address?: number;
  /** The alternate setting that a DfuSe file is made for. */
  readonly alternate?: number;
  /** The USB device the file's DFU suffix binds it to; left out for any. */
  readonly usbIds?: { readonly vendorId?: number; readonly productId?: number };
  readonly version?: string;
  /** Lower-case hexadecimal SHA-256 of `bytes`. */
  readonly sha256: string;
  /** The file as it is, where that is not `bytes`: a container, or a bootloader with a blank end. */
  readonly file?: WholeFile;
  /** Made for the simulated cameras; never written to a real device. */
  readonly simulationOnly: boolean;
}

/** A file of which an image is only a part. */
export interface WholeFile {
  /** Size in bytes. */
  readonly bytes: number;
  /** Lower-case hexadecimal SHA-256. */
  readonly sha256: string;
}

/** The images chosen for one board. */
export interface BoardImages {
  /** Where the set comes from, in one phrase for the user. */
  readonly origin: Words;
  /** Why this set and no other, one phrase for the user: "the newest imported set that has all". */
  readonly reason?: Words;
  get(role: string): Image | undefined;
  readonly all: readonly Image[];
}

/** An image role of a board. */
export interface ImageRole {
  readonly role: string;
  /** One phrase for help and messages: "second-stage bootloader". */
  readonly title: Words;
  /** File names by which a release folder carries it, most usual first: `["romfs0.img"]`. */
  readonly fileNames: readonly string[];
  /** The job cannot be planned without it; a restore flashes afterwards, unless it is told not to. */
  readonly neededFor: readonly ("restore" | "flash")[];
  /** What it comes with, if not with OpenMV's firmware releases (openmv-boards.md 8). */
  readonly comesWith?: Companion;
}

/** Where a helper of a restore can be had: with OpenMV IDE, or with Alif's SE Tools. */
export type Companion = "openmv-ide" | "se-tools";
