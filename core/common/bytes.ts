import { Buffer } from "node:buffer";

/** Returns a copy of the parts, one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Returns the index of the first byte of `one` that `other` does not have there, or -1. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number {
  if (isEqual(one, other.subarray(0, one.length))) return -1;
  return one.findIndex((byte, at) => byte !== other[at]);
}

/** True if every byte is `value`, and for no bytes at all. */
export function isFilledWith(bytes: Uint8Array, value: number): boolean {
  // All bytes are the first one if each is the same as the one before it.
  return bytes.length === 0 ||
    bytes[0] === value && isEqual(bytes.subarray(1), bytes.subarray(0, -1));
}

/** True if both have the same length and the same bytes. */
export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
