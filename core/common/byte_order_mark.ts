/** Marks with which a text file says how it is encoded, and their encodings. */
const marks = [
  [[0xEF, 0xBB, 0xBF], "utf-8"],
  [[0xFF, 0xFE], "utf-16le"],
  [[0xFE, 0xFF], "utf-16be"],
] as const;

/**
 * Returns a text file's bytes in UTF-8 without its byte order mark; files without a mark as they are.
 * Windows programs write the mark, and PowerShell 5 writes UTF-16 for `>`.
 */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  const found = marks.find(([mark]) => mark.every((byte, at) => bytes[at] === byte));
  if (!found) return bytes;
  const [mark, encoding] = found;
  if (encoding === "utf-8") return bytes.subarray(mark.length);
  return new TextEncoder().encode(new TextDecoder(encoding).decode(bytes));
}
