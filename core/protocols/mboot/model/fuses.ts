import { Status } from "../packets/status.ts";

/** The device side of the OCOTP fuse array, 64 words of 32 bits. A bit that is 1 stays 1. */
export class FuseArray {
  readonly #words = new Uint32Array(64);
  /** Locked words: programming them fails its own verification (20201). */
  readonly locked = new Set<number>();
  /** Every programmed word, in order, for tests. */
  readonly burns: { readonly index: number; readonly value: number }[] = [];

  constructor(words: Readonly<Record<number, number>> = {}) {
    for (const [index, value] of Object.entries(words)) this.#words[Number(index)] = value;
  }

  read(index: number): number {
    return this.#words[index];
  }

  /** Burns the bits that are 1 and reads back; returns a status. */
  program(index: number, value: number): number {
    if (this.locked.has(index)) return Status.OTP_PROGRAM_FAILURE;
    this.burns.push({ index, value });
    this.#words[index] |= value;
    return Status.SUCCESS;
  }
}
