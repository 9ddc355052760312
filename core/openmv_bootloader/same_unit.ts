import { isSameId, type UnitId } from "../device/unit_id.ts";

/** Hexadecimal digits of a unique id of 96 bits. */
const DIGITS = 24;

/**
 * Returns whether two ids come from one chip with a unique id of 96 bits: true if both contain all
 * of it, false if they contradict each other, undefined if they do not show it.
 *
 * The ROM of an F4 or F7 and some firmware show 12 digits that are derived from the unique id
 * (dfu-dfuse.md D2). These omit the lowest 16 bits of word 1 and add words 0 and 2, so several
 * chips have the same 12 digits: they can disprove, but never prove. The ROM of an H7 shows the
 * chip's revision (D1), which identifies no chip.
 */
export function isSameUnit(one: UnitId, other: UnitId): boolean | undefined {
  const isSame = isSameId(one.id, other.id, DIGITS);
  if (isSame !== undefined) return isSame;
  const [full, short] = one.id.length === DIGITS ? [one, other] : [other, one];
  const words = orders(full);
  const rule = short.mode === "rom" ? romDigits : short.mode === "firmware" ? firmwareDigits : [];
  if (!words || rule.length === 0 || !isDerived(short.id)) return undefined;
  const found = short.id.toUpperCase();
  return words.some((order) => rule.some((digits) => digits(order) === found)) ? undefined : false;
}

/**
 * Returns true for 12 digits that depend on the unique id: constants have other letters or a run of
 * zeros.
 */
function isDerived(id: string): boolean {
  return /^[0-9A-F]{12}$/i.test(id) && !/0000$|^0000/.test(id);
}

/** Returns words 0, 1, 2 of the unique id as numbers, in the two orders that 24 digits may have. */
function orders({ id }: UnitId): readonly (readonly number[])[] | undefined {
  if (!/^[0-9A-F]{24}$/i.test(id)) return undefined;
  const bytes = Uint8Array.fromHex(id);
  const view = new DataView(bytes.buffer);
  return [
    [8, 4, 0].map((at) => view.getUint32(at)), // openmv-boards.md 1.2: words 2, 1, 0 as numbers
    [0, 4, 8].map((at) => view.getUint32(at, true)), // as in memory
  ];
}

type Digits = (words: readonly number[]) => string;

/** The rule of ST's library, which the ROM of F4 and F7 follows: the sum with its carries. */
const sumWithCarry: Digits = ([zero, one, two]) => hex(zero + two >>> 0, 8) + hex(one >>> 16, 4);

/** The same byte by byte: without carry, and without bytes that are nearly always zero. */
const sumOfBytes: Digits = ([zero, one, two]) => {
  const byte = (word: number, at: number) => word >>> 8 * at & 0xFF;
  const sum = [byte(two, 3), byte(two, 2) + byte(zero, 2), byte(two, 1), two + zero];
  return sum.map((value) => hex(value & 0xFF, 2)).join("") + hex(one >>> 16, 4);
};

/**
 * The same without the die's column in the fourth byte: the ROM and the firmware of one F412
 * differed there, 365A37503537 and 365A375A3537 (dfu-dfuse.md D2). It is inferred which of them
 * omits it.
 */
const withoutColumn = (digits: Digits): Digits => (words) => {
  const all = digits(words);
  return all.slice(0, 6) + hex(words[2] & 0xFF, 2) + all.slice(8);
};

const romDigits = [sumWithCarry, withoutColumn(sumWithCarry), withoutColumn(sumOfBytes)];
const firmwareDigits = [sumWithCarry, sumOfBytes, withoutColumn(sumOfBytes)];

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
