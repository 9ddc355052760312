/** Returns the offset of the first `pattern` at or after `from`, or -1. */
export function indexOf(bytes: Uint8Array, pattern: Uint8Array | string, from = 0): number {
  const wanted = bytesOf(pattern);
  if (wanted.length === 0) return from <= bytes.length ? from : -1;
  // The built-in search for one byte is many times faster than any loop.
  for (let at = bytes.indexOf(wanted[0], from); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    if (hasAt(bytes, wanted, at)) return at;
  }
  return -1;
}

/** Returns the offsets of every `pattern`, including overlapping ones. */
export function indexesOf(bytes: Uint8Array, pattern: Uint8Array | string): number[] {
  const found: number[] = [];
  for (let at = indexOf(bytes, pattern); at >= 0; at = indexOf(bytes, pattern, at + 1)) {
    found.push(at);
  }
  return found;
}

/** Returns true if `bytes` has `pattern` at `offset`. */
export function startsWith(bytes: Uint8Array, pattern: Uint8Array | string, offset = 0): boolean {
  return hasAt(bytes, bytesOf(pattern), offset);
}

/** Returns text as Latin-1 bytes. */
function bytesOf(pattern: Uint8Array | string): Uint8Array {
  if (typeof pattern !== "string") return pattern;
  return Uint8Array.from(pattern, (letter) => letter.charCodeAt(0));
}

function hasAt(bytes: Uint8Array, wanted: Uint8Array, offset: number): boolean {
  if (offset + wanted.length > bytes.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[offset + i] !== wanted[i]) return false;
  return true;
}
