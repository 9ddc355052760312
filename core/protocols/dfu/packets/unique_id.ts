import { array, struct, u32 } from "../../../common/struct.ts";

/** The 96-bit unique id of an STM32 as in memory, 12 bytes (openmv-boards.md 1.2). */
export const UniqueId = struct("unique id", { words: array(u32, 3) });

/**
 * Returns 8 hexadecimal digits for each word in this order, as bootloaders make their serial
 * number.
 */
export function serialOfWords(uid: Uint8Array, order: readonly number[]): string {
  const { words } = UniqueId.decode(uid);
  return order.map((at) => words[at].toString(16).toUpperCase().padStart(8, "0")).join("");
}
