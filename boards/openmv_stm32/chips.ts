import type { AddressRange } from "../../core/image/vector_check.ts";
import { text, type Words } from "../../core/common/text.ts";

/** The three chips of this family. Addresses and sizes in bytes, times in milliseconds. */

export interface Chip {
  readonly id: "F427" | "F765" | "H743";
  /** Printed name: "STM32F427". */
  readonly name: string;
  /** Name of the chip family's system bootloader on screens. */
  readonly romTitle: Words;
  /**
   * The flash sectors as the ROM names them in an alternate setting; this is what tells the chips
   * apart, for they share one USB id (dfu-dfuse.md B4). The end may be cut off.
   */
  readonly romLayout: RegExp;
  /** Where a bootloader may put its stack: the tightly coupled memory (dfu-dfuse.md E3). */
  readonly bootloaderStack: AddressRange;
  /** Where a firmware may put its stack: every RAM of the chip (reference manuals; inferred). */
  readonly ram: readonly AddressRange[];
  /** Sector sizes of the flash, from 0x08000000 on (dfu-dfuse.md F2). */
  readonly sectors: readonly number[];
  /** Typical erase time by sector size (dfu-dfuse.md B7, G3). */
  readonly eraseMs: Readonly<Record<number, number>>;
  /** Typical time to program one byte (dfu-dfuse.md B7, G2). */
  readonly programMsPerByte: number;
}

const KIB = 1024;
const repeat = (count: number, size: number) => Array<number>(count).fill(size * KIB);

/**
 * Returns a pattern like `04*016Kg,01*064Kg`: numbers may have leading zeros, sizes a type letter.
 */
function layout(...segments: string[]): RegExp {
  const list = segments.map((text) => text.replaceAll(/(\d+)/g, "0*$1").replace("*0*", "\\*0*"));
  return new RegExp(`^@Internal Flash *\\/0x08000000\\/${list.join("[a-g],")}`);
}

/** Address of the flash in all three (dfu-dfuse.md F2). */
export const FLASH_BASE = 0x0800_0000;

/** Returns the size of the chip's own flash in bytes. */
export function flashSize({ sectors }: Chip): number {
  return sectors.reduce((sum, size) => sum + size, 0);
}

export const F427: Chip = {
  id: "F427",
  name: "STM32F427",
  romTitle: text`STM32F4 system bootloader (ST ROM)`,
  // The second bank tells it from an F405 or F407, whose first one is the same.
  romLayout: layout("4*16K", "1*64K", "7*128K", "4*16K"),
  bootloaderStack: { start: 0x1000_0000, end: 0x1001_0000 },
  ram: [{ start: 0x1000_0000, end: 0x1001_0000 }, { start: 0x2000_0000, end: 0x2003_0000 }],
  sectors: [...repeat(4, 16), ...repeat(1, 64), ...repeat(7, 128)],
  eraseMs: { [16 * KIB]: 250, [64 * KIB]: 550, [128 * KIB]: 1000 },
  programMsPerByte: 0.016 / 4,
};

export const F765: Chip = {
  id: "F765",
  name: "STM32F765",
  romTitle: text`STM32F7 system bootloader (ST ROM)`,
  romLayout: layout("4*32K", "1*128K", "7*256K"),
  bootloaderStack: { start: 0x2000_0000, end: 0x2002_0000 },
  ram: [{ start: 0x2000_0000, end: 0x2008_0000 }],
  sectors: [...repeat(4, 32), ...repeat(1, 128), ...repeat(7, 256)],
  eraseMs: { [32 * KIB]: 350, [128 * KIB]: 500, [256 * KIB]: 1000 },
  programMsPerByte: 0.016 / 4,
};

export const H743: Chip = {
  id: "H743",
  name: "STM32H743",
  romTitle: text`STM32H7 system bootloader (ST ROM)`,
  romLayout: layout("16*128K"),
  bootloaderStack: { start: 0x2000_0000, end: 0x2002_0000 },
  ram: [
    { start: 0x2000_0000, end: 0x2002_0000 },
    { start: 0x2400_0000, end: 0x2408_0000 },
    { start: 0x3000_0000, end: 0x3004_8000 },
    { start: 0x3800_0000, end: 0x3801_0000 },
  ],
  sectors: repeat(16, 128),
  eraseMs: { [128 * KIB]: 900 },
  programMsPerByte: 0.1 / 32,
};

/** The 32 MiB flash beside the chip of H7 Plus and Pure Thermal, with typical times (inferred). */
export const QSPI = {
  size: 32 * KIB * KIB,
  sectorSize: 64 * KIB,
  pageSize: 256,
  eraseMs: 200,
  programMsPerByte: 0.5 / 256,
} as const;
