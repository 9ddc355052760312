/** Addresses of the camera (imxrt-sdp-flashloader.md 0, openmv-boards.md 2.4). Sizes in bytes. */

export interface Region {
  /** Name on screens and for `read --region`. */
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** 16 MiB of serial NOR flash behind FlexSPI. */
export const FLASH_BASE = 0x6000_0000;
export const FLASH_SIZE = 0x100_0000;
export const SECTOR = 0x1000;
export const PAGE = 256;
/** Bytes erased, written and compared at once: about one second of work. */
export const BLOCK = 0x1_0000;

/** The regions of the flash (openmv-boards.md 2.4). */
export const regions = {
  fcb: { name: "fcb", start: 0x6000_0000, size: 0x1000 },
  bootloader: { name: "bootloader", start: 0x6000_1000, size: 0x3_f000 },
  firmware: { name: "firmware", start: 0x6004_0000, size: 0x3c_0000 },
  filesystem: { name: "filesystem", start: 0x6040_0000, size: 0x40_0000 },
  romfs0: { name: "romfs0", start: 0x6080_0000, size: 0x80_0000 },
} as const satisfies Record<string, Region>;

/**
 * Offsets in firmware.bin: its own FCB is first; then its IVT, and the vectors that the bootloader
 * checks.
 */
export const FIRMWARE_IVT = 0x1000, FIRMWARE_VECTORS = 0x2000;
/** The sector without which a firmware does not start: written last. */
export const VECTOR_SECTOR = regions.firmware.start + FIRMWARE_VECTORS;

/** Where the ROM loads the RAM flashloader, its IVT first. */
export const FLASHLOADER_LOAD = 0x2000_1c00;
/** Where the ROM copies the SBL: flash from offset 0 goes to the start of DTCM. */
export const SBL_SELF = 0x2000_1000, SBL_START = 0x2000_0000;

/** RAM of the chip. */
export const ram = {
  itcm: { start: 0x0000_0000, size: 0x2_0000 },
  dtcm: { start: 0x2000_0000, size: 0x2_0000 },
  ocram: { start: 0x2020_0000, size: 0x4_0000 },
} as const;

/** Scratch memory of the loader for option words, in ITCM. */
export const OPTION_ADDRESS = 0x2000;
/** Option word for FlexSPI NOR: quad SDR, 166 MHz; the loader reads the rest from the chip (C4). */
export const OPTION_CONFIGURE = 0xc000_0008;
/** Option word that programs the configuration block at flash offset 0 (C5). */
export const OPTION_PROGRAM_FCB = 0xf000_000f;

/** K2.8.0, the only loader version that belongs to this camera (openmv-boards.md 1.3). */
export const LOADER_VERSION = 0x4b02_0800;
/** First word of property 12, which shows what runs (B7). */
export const RESERVED_FLASHLOADER = 0x2000_2000, RESERVED_SBL = 0x6000_0000;

/** Returns true if `address` can be the top of a stack or data in the chip's RAM. */
export function isStackPointer(address: number): boolean {
  return Object.values(ram).some(({ start, size }) => address > start && address <= start + size);
}

/** Returns true if a reset vector points into the firmware region, with the Thumb bit. */
export function isFirmwareReset(vector: number): boolean {
  const { start, size } = regions.firmware;
  return vector % 2 === 1 && vector >= start && vector < start + size;
}
