import { concat } from "../common/bytes.ts";
import { digestOf, type LeftOut } from "./left_out.ts";

/** What fills the end of a block where an image ends, or all of a blank one. */
const FILLINGS = [0xFF, 0x00];
/** What stands in for unknown bytes: not blank and not erased, as what was left out is neither. */
const STAND_IN = 0x5A;
/** Where reading begins: at multiples of it, bytes. */
const GRID = 4096;

/** Where in an image the next block would be. */
interface Place {
  readonly image: Uint8Array;
  readonly offset: number;
}

/**
 * Finds payloads that a recording left out, by their SHA-256: what the replay has sent before, blocks of
 * the images, and blank ones. For others (the user's own data) it gives a stand-in.
 */
export class KnownPayloads {
  readonly #known = new Map<string, Uint8Array>();
  readonly #after = new Map<string, Place>();
  readonly #images: Uint8Array[] = [];
  /** Lengths for which the blocks of the images are known. */
  readonly #cut = new Set<number>();
  /** Behind the last block that was found. */
  #next: Place | undefined;
  #standIns = 0;

  /** How many payloads were replaced. */
  get standIns(): number {
    return this.#standIns;
  }

  note(bytes: Uint8Array): void {
    this.#known.set(digestOf(bytes), bytes);
  }

  /** Adds an image that the camera may contain. */
  addImage(bytes: Uint8Array): void {
    this.#images.push(bytes);
    this.#cut.clear();
  }

  /** Returns bytes that were left out, or as many that stand in for them. */
  find(leftOut: LeftOut): Uint8Array {
    if (!this.knows(leftOut)) this.#standIns++;
    return this.#known.get(leftOut.sha256) ??
      new Uint8Array(leftOut.bytes).fill(STAND_IN);
  }

  knows({ bytes, sha256 }: LeftOut): boolean {
    const isKnown = () => this.#known.has(sha256);
    if (!isKnown() && this.#next) this.#noteBlock(this.#next, bytes);
    if (!isKnown()) this.#cutImages(bytes);
    this.#next = this.#after.get(sha256) ?? this.#next;
    return isKnown();
  }

  /** Notes the blocks of this length of all images, and blank ones. */
  #cutImages(length: number): void {
    if (this.#cut.has(length)) return;
    this.#cut.add(length);
    for (const filling of FILLINGS) this.note(new Uint8Array(length).fill(filling));
    for (const image of this.#images) {
      for (const distance of [length, GRID]) {
        for (let offset = 0; offset < image.length; offset += distance) {
          this.#noteBlock({ image, offset }, length);
        }
      }
    }
  }

  /** Notes a block of an image; behind the end of the image it may be filled up. */
  #noteBlock({ image, offset }: Place, length: number): void {
    const block = image.subarray(offset, offset + length);
    const missing = new Uint8Array(length - block.length);
    const whole = missing.length === 0
      ? [block]
      : FILLINGS.map((filling) => concat([block, missing.fill(filling)]));
    for (const bytes of whole) {
      this.#after.set(digestOf(bytes), { image, offset: offset + length });
      this.note(bytes);
    }
  }
}

/** True if these are the recorded bytes, or those of which the recording kept the digest. */
export function isRecorded(
  bytes: Uint8Array,
  recorded: Uint8Array,
  leftOut: LeftOut | undefined,
): boolean {
  const head = recorded.length;
  if (!recorded.every((byte, at) => byte === bytes[at])) return false;
  if (!leftOut) return bytes.length === head;
  const rest = bytes.subarray(head, head + leftOut.bytes);
  return rest.length === leftOut.bytes && leftOut.sha256 === digestOf(rest);
}
