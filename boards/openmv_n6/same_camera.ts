/**
 * Returns whether two USB serials of 24 hexadecimal digits are from one chip. Each stage prints the
 * three words of the unique id, in its own order (stm32n6-serial-boot.md B.5, openmv-boards.md 1.2;
 * that the ROM does so too is inferred). Undefined if one of them is not such a serial.
 */
export function isSameChip(a: string | undefined, b: string | undefined): boolean | undefined {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  if (!one || !other) return undefined;
  return one.join() === other.join() || one.join() === other.map(swapped).toSorted().join();
}

function wordsOf(serial: string | undefined): string[] | undefined {
  if (!serial || !/^[0-9A-F]{24}$/i.test(serial)) return undefined;
  return serial.toUpperCase().match(/.{8}/g)!.toSorted();
}

/** Returns the word with its bytes reversed. */
function swapped(word: string): string {
  return word.match(/../g)!.reverse().join("");
}
