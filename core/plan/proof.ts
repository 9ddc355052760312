import type { Words } from "../common/text.ts";
import type { WholeFile } from "../image/image.ts";

/** A part of the camera's memory as it was read: its length in bytes, and its SHA-256. */
export interface MemoryDigest {
  readonly address: number;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Evidence that came from the device itself. A run that writes needs it to end with exit code 0.
 */
export interface Proof extends Partial<MemoryDigest> {
  /**
   * What is proven, in one sentence: "Bootloader at 0x08000000 equals bootloader.bin (131072
   * bytes)."
   */
  readonly claim: Words;
  /**
   * `read-back`: flash was read; only a run makes such a proof (`StepContext.readBack`), of what
   * came from the device. `fuse`: a fuse word was read. `alive`: the camera runs what was written
   * (it enumerated as expected). `device-check`: the strongest check the chip offers where it
   * cannot be read.
   */
  readonly evidence: "read-back" | "fuse" | "alive" | "device-check";
  /** What was read besides the first range. */
  readonly others?: readonly MemoryDigest[];
  /** The image's whole file, if only a part of it was to be written. */
  readonly file?: WholeFile;
  /** Why what is there was kept and not written. */
  readonly kept?: Words;
  /** For a fuse: its word as first read in this run, and as read now. */
  readonly fuse?: { readonly before?: number; readonly after: number };
  /** What the firmware that runs said. */
  readonly firmware?: RunningFirmware;
}

/** What running firmware says of itself, and of the picture that it took. */
export interface RunningFirmware {
  readonly version: string;
  /** The name that it gives its board. */
  readonly boardName?: string;
  /** The number of the image sensor (openmv-runtime.md 2.3). @asType integer */
  readonly sensor?: number;
  /** Of the picture, pixels. @asType integer */
  readonly width?: number;
  /** Of the picture, pixels. @asType integer */
  readonly height?: number;
  /** Mean brightness of the picture, 0 to 255. */
  readonly brightness?: number;
}
