import type { DetectedDevice, Mode } from "./detected_device.ts";

/** An id by which one camera differs from others of its kind, and where the camera showed it. */
export interface UnitId {
  readonly id: string;
  readonly mode: Mode;
  /** Of the USB device whose serial number it is; left out for what a protocol told. */
  readonly productId?: number;
}

/** Returns the USB serial number of a device as such an id; undefined if it has none. */
export function unitIdOf({ seen, mode }: DetectedDevice): UnitId | undefined {
  const { serial, usb } = seen;
  return serial ? { id: serial, mode, productId: usb.descriptor.idProduct } : undefined;
}

/**
 * Compares two ids of one chip as its words of 32 bits. Programs print them in either order, and the
 * bytes of each word in either order (openmv-boards.md 1.2, stm32n6-serial-boot.md B.5). Undefined if
 * one of them is no such id.
 * @param digits how many hexadecimal digits an id of this kind has
 */
export function isSameId(one: string, other: string, digits: number): boolean | undefined {
  const [a, b] = [wordsOf(one, digits), wordsOf(other, digits)];
  if (!a || !b) return undefined;
  const isSame = (words: readonly string[]) => words.toSorted().join() === a.toSorted().join();
  return isSame(b) || isSame(b.map(swapped));
}

function wordsOf(id: string, digits: number): readonly string[] | undefined {
  if (id.length !== digits || !/^[0-9A-F]+$/i.test(id) || isPlaceholder(id)) return undefined;
  return id.toUpperCase().match(/.{8}/g) ?? undefined;
}

/** What is shown where there is no id (openmv-boards.md 1.2), or a blank memory. */
function isPlaceholder(id: string): boolean {
  return /^(0+|F+|0123456789ABCDEF)$/i.test(id);
}

/** The word with its bytes in the other order. */
function swapped(word: string): string {
  return word.match(/../g)!.toReversed().join("");
}
