import { text, type Words } from "../common/text.ts";
import type { Image, WholeFile } from "../image/image.ts";
import { byteCount } from "../common/format.ts";

/**
 * Evidence that came from the device itself. A run that writes needs it to end with exit code 0.
 */
export interface Proof {
  /**
   * What is proven, in one sentence: "Bootloader at 0x08000000 equals bootloader.bin (131072
   * bytes)."
   */
  readonly claim: Words;
  /**
   * `read-back`: flash was read and compared. `fuse`: a fuse word was read. `alive`: the camera runs
   * what was written (it enumerated as expected). `device-check`: the strongest check the chip offers
   * where it cannot be read.
   */
  readonly evidence: "read-back" | "fuse" | "alive" | "device-check";
  /** IDs of other steps whose writing this proof also covers. */
  readonly covers?: readonly string[];
  readonly address?: number;
  readonly bytes?: number;
  /** Lower-case hexadecimal SHA-256 of what was read. */
  readonly sha256?: string;
  /** The image's whole file, if only a part of it was to be written. */
  readonly file?: WholeFile;
  /** Why what is there was kept and not written. */
  readonly kept?: Words;
  /** For a fuse: its word as first read in this run, and as read now. */
  readonly fuse?: { readonly before?: number; readonly after: number };
}

/**
 * Returns a proof that memory was read back and equals an image.
 * @param region Name for people: "bootloader".
 */
export function readBackProof(region: Words, image: Image, address: number): Proof {
  const { bytes, sha256, file } = image;
  return {
    claim: text`The ${region} matches ${image.name} (${sizeInWords(image)}).`,
    evidence: "read-back",
    address,
    bytes: bytes.length,
    sha256,
    ...(file && { file }),
  };
}

/** Returns `131072 bytes`, or how many bytes of the file the image contains. */
export function sizeInWords({ bytes, file }: Pick<Image, "bytes" | "file">): Words {
  return file === undefined
    ? text`${byteCount(bytes.length)}`
    : text`${bytes.length} of the file's ${byteCount(file.bytes)}`;
}
