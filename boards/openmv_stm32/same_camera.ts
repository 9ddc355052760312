/**
 * Returns whether the serial of an STM32F4 or F7 ROM (12 hexadecimal digits) and that of an OpenMV
 * bootloader (the 96-bit unique id, words 2, 1, 0 as 24 digits) are from one chip (dfu-dfuse.md
 * D2). Undefined if this is unknown: an H7 ROM has no serial of its own (D1).
 *
 * The ROM makes its serial from word 0 + word 2 (8 digits) and the upper half of word 1 (4 digits).
 * Some ROMs add byte by byte without carry and skip bytes, so both rules are tried; in some the
 * fourth byte follows no rule, so a difference there alone proves nothing.
 */
export function isSameChip(romSerial: string, bootloaderSerial: string): boolean | undefined {
  if (!/^[0-9A-F]{12}$/i.test(romSerial) || !/^[0-9A-F]{24}$/i.test(bootloaderSerial)) {
    return undefined;
  }
  if (/0000$/.test(romSerial)) return undefined;
  const found = Uint8Array.fromHex(romSerial);
  const expected = expectedSerials(bootloaderSerial);
  const agree = (places: readonly number[]) =>
    expected.some((serial) => places.every((at) => serial[at] === found[at]));
  if (agree([0, 1, 2, 3, 4, 5])) return true;
  return agree([0, 1, 2, 4, 5]) ? undefined : false;
}

/** Returns the 6 bytes that a ROM may show for a unique id, by either rule. */
function expectedSerials(bootloaderSerial: string): readonly Uint8Array[] {
  const [word2, word1, word0] = [0, 8, 16].map((at) =>
    Number.parseInt(bootloaderSerial.slice(at, at + 8), 16)
  );
  const bytesOf = (word: number) => [24, 16, 8, 0].map((shift) => word >>> shift & 0xFF);
  const [high, low] = bytesOf(word1);
  const two = bytesOf(word2), zero = bytesOf(word0);
  const bytewise = [two[0], two[1] + zero[1], two[2], two[3] + zero[3]];
  return [bytesOf(word0 + word2), bytewise].map((sum) => Uint8Array.from([...sum, high, low]));
}
