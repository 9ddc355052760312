import { builtin } from "../../../common/builtin.ts";
import { concat as joined, isFilledWith } from "../../../common/bytes.ts";
import { type Field, latin1 } from "../../../common/struct.ts";

/** Small helpers that several files of this folder use. */

/** Returns a copy of the parts, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return joined(parts);
}

/** Returns the 32 bytes of a SHA-256 hash. */
export function sha256Bytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(builtin.crypto.createHash("sha256").update(bytes).digest());
}

export function isZero(bytes: Uint8Array): boolean {
  return isFilledWith(bytes, 0);
}

/** Returns the text up to the first NUL, printable characters only. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const part = end < 0 ? bytes : bytes.subarray(0, end);
  return String.fromCharCode(...part).replaceAll(/[^\x20-\x7E]/g, "?").trim();
}

/** Returns ASCII text padded with NUL to `length`. */
export function padded(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode(text).subarray(0, length));
  return bytes;
}

/** Returns a field of `size` bytes of text, read by `textOf`. */
export function printable(size: number): Field<string> {
  return { ...latin1(size), read: (bytes, at) => textOf(bytes.subarray(at, at + size)) };
}

/** Returns the bytes padded with zeros to whole lines of MRAM (16 bytes). */
export function wholeLines(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array(-bytes.length & 15));
}
