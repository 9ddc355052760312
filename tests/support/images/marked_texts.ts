/** A text as Windows programs write it: with a byte order mark, in UTF-8 or UTF-16. */
export function markedTexts(text: string): ReadonlyMap<string, Uint8Array> {
  const marked = `\uFEFF${text}`;
  const little = new Uint8Array(Uint16Array.from(marked, (unit) => unit.charCodeAt(0)).buffer);
  const big = little.slice();
  for (let at = 0; at < big.length; at += 2) big.subarray(at, at + 2).reverse();
  return new Map([
    ["UTF-8", new TextEncoder().encode(marked)],
    ["UTF-16, little end first", little],
    ["UTF-16, big end first", big],
  ]);
}
