import { Buffer } from "node:buffer";

/** Offset of the first `pattern` at or after `from`, or -1. */
export function indexOf(bytes: Uint8Array, pattern: Uint8Array | string, from = 0): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .indexOf(pattern, from, "latin1");
}

/** Offsets of every `pattern`, overlapping ones too. */
export function indexesOf(bytes: Uint8Array, pattern: Uint8Array | string): number[] {
  const found: number[] = [];
  for (let at = indexOf(bytes, pattern); at >= 0; at = indexOf(bytes, pattern, at + 1)) {
    found.push(at);
  }
  return found;
}

/** True if `bytes` has `pattern` at `offset`. */
export function startsWith(bytes: Uint8Array, pattern: Uint8Array | string, offset = 0): boolean {
  const window = bytes.subarray(offset, offset + pattern.length);
  return window.length === pattern.length && indexOf(window, pattern) === 0;
}
