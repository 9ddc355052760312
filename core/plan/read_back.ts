import { UnbrickError } from "../common/errors.ts";
import { byteCount } from "../common/format.ts";
import { sha256 } from "../common/sha256.ts";
import { text, type Words } from "../common/text.ts";
import type { WholeFile } from "../image/image.ts";
import type { Proof } from "./proof.ts";

/** A range of the camera's memory. */
export interface MemoryRange {
  readonly address: number;
  /** Bytes. */
  readonly length: number;
}

/** Receives what the camera sent of its memory, as it came, and the address of its first byte. */
export type OnRead = (bytes: Uint8Array, address: number) => void;

/** What the camera sent of some ranges of its memory. */
export interface ReadBack {
  /** The bytes of each range. */
  readonly contents: readonly Uint8Array[];
  /** Returns the proof: the length and digest of what came. @param file see `Proof` */
  proof(claim: Words, file?: WholeFile): Proof;
}

/** Makes all proofs of one run that memory was read back, and knows them again. */
export class ReadBacks {
  readonly #made = new WeakSet<Proof>();

  /** @param received returns how many bytes devices have sent so far */
  constructor(private readonly received: () => number) {}

  /**
   * Runs `read` and collects what it hands over.
   * @throws UnbrickError `verify-failed` if a byte of the ranges is missing, or the devices sent
   * fewer bytes meanwhile than the ranges have
   */
  async read(
    ranges: readonly MemoryRange[],
    read: (onRead: OnRead) => Promise<void>,
  ): Promise<ReadBack> {
    const before = this.received();
    const parts = ranges.map((range) => new Part(range));
    await read((bytes, address) => parts.forEach((part) => part.take(bytes, address)));
    const length = ranges.reduce((sum, range) => sum + range.length, 0);
    const missing = parts.reduce((sum, part) => sum + part.missing, 0);
    const came = Math.min(length - missing, this.received() - before);
    if (came < length) {
      throw new UnbrickError(
        "verify-failed",
        text`Only ${came} of ${byteCount(length)} were read back.`,
        { address: ranges[0].address, length, received: came },
      );
    }
    return {
      contents: parts.map(({ bytes }) => bytes),
      proof: (claim, file) => this.#proof(parts, claim, file),
    };
  }

  /** Returns true for a proof that this run made of what it read. */
  includes(proof: Proof): boolean {
    return this.#made.has(proof);
  }

  #proof(parts: readonly Part[], claim: Words, file: WholeFile | undefined): Proof {
    const [first, ...others] = parts.map(({ address, bytes }) => ({
      address,
      bytes: bytes.length,
      sha256: sha256(bytes),
    }));
    const proof: Proof = {
      claim,
      evidence: "read-back",
      ...first,
      ...(file && { file }),
      ...(others.length > 0 && { others }),
    };
    this.#made.add(proof);
    return proof;
  }
}

/** One range, and what came of it. */
class Part {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly #isMissing: Uint8Array;

  constructor({ address, length }: MemoryRange) {
    this.address = address;
    this.bytes = new Uint8Array(length);
    this.#isMissing = new Uint8Array(length).fill(1);
  }

  /** Takes those bytes that lie in the range. */
  take(bytes: Uint8Array, address: number): void {
    const from = Math.max(address, this.address);
    const to = Math.min(address + bytes.length, this.address + this.bytes.length);
    if (from >= to) return;
    this.bytes.set(bytes.subarray(from - address, to - address), from - this.address);
    this.#isMissing.fill(0, from - this.address, to - this.address);
  }

  /** Bytes that did not come. */
  get missing(): number {
    if (!this.#isMissing.includes(1)) return 0;
    return this.#isMissing.reduce((sum, one) => sum + one, 0);
  }
}
