import { array, struct, u32 } from "../../../common/struct.ts";

/** The 96-bit unique id of an STM32 as it stands in memory, 12 bytes (openmv-boards.md 1.2). */
export const UniqueId = struct("unique id", { words: array(u32, 3) });

/** 8 hexadecimal digits for each of the words in this order: how bootloaders make a serial number. */
export function serialOfWords(uid: Uint8Array, order: readonly number[]): string {
  const { words } = UniqueId.decode(uid);
  return order.map((at) => words[at].toString(16).toUpperCase().padStart(8, "0")).join("");
}
