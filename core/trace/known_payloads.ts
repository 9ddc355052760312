import { digestOf, type LeftOut } from "./left_out.ts";

/**
 * Payloads that were seen, by their SHA-256: what a recording left out is often what was written before,
 * and the replay writes it again.
 */
export class KnownPayloads {
  readonly #known = new Map<string, Uint8Array>();

  note(bytes: Uint8Array): void {
    this.#known.set(digestOf(bytes), bytes);
  }

  /** Returns the bytes that were left out; undefined if they were never seen. */
  find({ sha256 }: LeftOut): Uint8Array | undefined {
    return this.#known.get(sha256);
  }
}

/** True if these are the recorded bytes, or those of which the recording kept the digest. */
export function isRecorded(
  bytes: Uint8Array,
  recorded: Uint8Array,
  leftOut: LeftOut | undefined,
): boolean {
  if (leftOut) return leftOut.bytes === bytes.length && leftOut.sha256 === digestOf(bytes);
  return bytes.length === recorded.length && bytes.every((byte, at) => byte === recorded[at]);
}
