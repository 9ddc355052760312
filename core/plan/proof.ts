import { text, type Words } from "../common/text.ts";
import type { Image, WholeFile } from "../image/image.ts";
import { byteCount } from "../common/format.ts";

/** Evidence that came from the device itself. Without it no run ends with exit code 0. */
export interface Proof {
  /** What is proven, one sentence: "Bootloader at 0x08000000 equals bootloader.bin (131072 bytes)." */
  readonly claim: Words;
  /**
   * `read-back`: flash was read and compared. `fuse`: a fuse word was read. `alive`: the camera runs
   * what was written (it enumerated as expected). `device-check`: the strongest check the chip offers
   * where it cannot be read.
   */
  readonly evidence: "read-back" | "fuse" | "alive" | "device-check";
  /** Ids of steps, beside the one that gives the proof, whose writing it proves. */
  readonly covers?: readonly string[];
  readonly address?: number;
  readonly bytes?: number;
  /** Lower-case hexadecimal SHA-256 of what was read. */
  readonly sha256?: string;
  /** The image's file, where only a part of it was to be written. */
  readonly file?: WholeFile;
  /** Why what is there was left, and not written. */
  readonly kept?: Words;
  /** Of a fuse: its word as it was first read in this run, and as it reads now. */
  readonly fuse?: { readonly before?: number; readonly after: number };
}

/**
 * Says that memory was read back and equals an image.
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

/** `131072 bytes`, or how many of the file's. */
export function sizeInWords({ bytes, file }: Pick<Image, "bytes" | "file">): Words {
  return file === undefined
    ? text`${byteCount(bytes.length)}`
    : text`${bytes.length} of the file's ${byteCount(file.bytes)}`;
}
