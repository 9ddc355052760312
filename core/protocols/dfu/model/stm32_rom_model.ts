import type { Clock } from "../../../common/clock.ts";
import { FlashMemory } from "../../../common/flash_memory.ts";
import type { DeviceDescriptor } from "../../../transport/usb/descriptors.ts";
import { encodeString } from "../../../transport/usb/encode.ts";
import { DfuSeModel } from "./dfuse_model.ts";
import type {
  DfuSeHooks,
  DfuSeModelOptions,
  DfuSePolls,
  DfuSeRegion,
  DfuSeTraps,
} from "./dfuse_model_options.ts";
import { UniqueId } from "../packets/unique_id.ts";

/** The ST ROMs of the OpenMV cameras, as data (dfu-dfuse.md B4, B7, F1, F2). */

export type Stm32Chip = "STM32F427" | "STM32F765" | "STM32H743";

export interface Stm32RomOptions {
  readonly clock: Clock;
  /** The chip's flash, created by `stm32Flash`. */
  readonly flash: FlashMemory;
  /** The USB id of another maker's bootloader that works like the ROM. Default: ST's. */
  readonly id?: Pick<DeviceDescriptor, "idVendor" | "idProduct">;
  /** 96-bit unique id, 12 bytes as in memory. Default: a fixed id. */
  readonly uid?: Uint8Array;
  /** H743 only, default V: the erase bug above 1 MiB (dfu-dfuse.md D1). */
  readonly revision?: "V" | "Y";
  /** Replaces the chip's own times. */
  readonly polls?: DfuSePolls;
  readonly traps?: DfuSeTraps;
  readonly hooks?: DfuSeHooks;
}

const KIB = 1024;
/** Start of the flash of every STM32 (dfu-dfuse.md F2). */
const FLASH_BASE = 0x0800_0000;
const DEFAULT_UID = Uint8Array.from([
  0x2d,
  0,
  0x3a,
  0,
  0x0b,
  0x51,
  0x33,
  0x38,
  0x35,
  0x33,
  0x32,
  0x31,
]);

/**
 * Returns the internal flash of a chip, with typical times at a camera's voltage (dfu-dfuse.md B7,
 * F2, F3): F427 1 MiB and F765 2 MiB at x32, H743 2 MiB at x64.
 */
export function stm32Flash(chip: Stm32Chip): FlashMemory {
  switch (chip) {
    case "STM32F427":
      return new FlashMemory({
        base: FLASH_BASE,
        sectors: [
          { count: 4, size: 16 * KIB, eraseMs: 250 },
          { count: 1, size: 64 * KIB, eraseMs: 550 },
          { count: 7, size: 128 * KIB, eraseMs: 1000 },
        ],
        unitMs: 0.016,
      });
    case "STM32F765":
      return new FlashMemory({
        base: FLASH_BASE,
        sectors: [
          { count: 4, size: 32 * KIB, eraseMs: 350 },
          { count: 1, size: 128 * KIB, eraseMs: 500 },
          { count: 7, size: 256 * KIB, eraseMs: 1000 },
        ],
        unitMs: 0.016,
      });
    case "STM32H743":
      return new FlashMemory({
        base: FLASH_BASE,
        sectors: [{ count: 16, size: 128 * KIB, eraseMs: 900 }],
        rule: "word-once",
        unit: 32,
        unitMs: 0.1,
      });
  }
}

/** Returns the ROM bootloader of a chip. */
export function stm32Rom(chip: Stm32Chip, options: Stm32RomOptions): DfuSeModel {
  const { clock, traps, hooks, id, polls } = options;
  const rom = roms[chip](options);
  const device = { ...rom.device, ...id };
  return new DfuSeModel({ clock, traps, hooks, ...rom, device, ...(polls && { polls }) });
}

type Rom = Omit<DfuSeModelOptions, "clock" | "hooks">;

const st = { idVendor: 0x0483, idProduct: 0xdf11 };
const pollsF4F7 = { address: 0, erase: 100, write: 104 };

const roms: Readonly<Record<Stm32Chip, (options: Stm32RomOptions) => Rom>> = {
  STM32F427: ({ flash, uid }) => ({
    device: { ...st, bcdUSB: 0x0100, bcdDevice: 0x2200 },
    ...{ manufacturer: "STMicroelectronics", product: "STM32  BOOTLOADER" },
    serial: stm32RomSerial(uid ?? DEFAULT_UID),
    alternates: [
      // Announces two bytes more than it sends, which hosts must survive (dfu-dfuse.md B4).
      tooLong(
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg",
      ),
      "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e",
      "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
      "@Device Feature/0xFFFF0000/01*004 e",
    ],
    transferSize: 2048,
    polls: pollsF4F7,
    regions: [
      { kind: "flash", memory: flash },
      // The ROM announces 2 MiB; 1 MiB is fitted (dfu-dfuse.md D2).
      region("absent", 0x0810_0000, 1024 * KIB),
      region("ram", 0x2000_0000, 192 * KIB),
      region("system", 0x1fff_0000, 30 * KIB),
      region("otp", 0x1fff_7800, 528),
      region("option", 0x1fff_c000, 16),
      region("option", 0x1ffe_c000, 16),
      region("feature", 0xffff_0000, 4),
    ],
  }),
  STM32F765: ({ flash, uid }) => ({
    device: { ...st, bcdUSB: 0x0100, bcdDevice: 0x2200 },
    ...{ manufacturer: "STMicroelectronics", product: "STM32  BOOTLOADER" },
    serial: stm32RomSerial(uid ?? DEFAULT_UID),
    alternates: [
      "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg",
      "@Option Bytes  /0x1FFF0000/01*032 e",
      "@OTP Memory /0x1FF0F000/01*1024 e",
      "@Device Feature/0xFFFF0000/01*004 e",
    ],
    transferSize: 2048,
    polls: pollsF4F7,
    regions: [
      { kind: "flash", memory: flash },
      region("ram", 0x2000_0000, 512 * KIB),
      region("system", 0x1ff0_0000, 60 * KIB),
      region("otp", 0x1ff0_f000, 1024),
      region("option", 0x1fff_0000, 32),
      region("feature", 0xffff_0000, 4),
    ],
  }),
  STM32H743: ({ flash, revision = "V", traps }) => ({
    device: { ...st, bcdUSB: 0x0200, bcdDevice: 0x0200 },
    ...{ manufacturer: "STMicroelectronics", product: "DFU in FS Mode" },
    // DBGMCU_IDC: the same on every chip of a revision (dfu-dfuse.md D1).
    serial: revision === "V" ? "200364500000" : "100364500000",
    alternates: [
      "@Internal Flash   /0x08000000/16*128Kg",
      "@Option Bytes   /0x5200201C/01*128 e",
    ],
    transferSize: 1024,
    polls: { address: 0, erase: 1000, write: 0 },
    erasesInFirstStatus: true,
    regions: [
      { kind: "flash", memory: flash },
      region("ram", 0x2000_0000, 128 * KIB),
      region("ram", 0x2400_0000, 512 * KIB),
      region("system", 0x1ff0_0000, 128 * KIB),
      region("option", 0x5200_201c, 128),
    ],
    traps: revision === "V" ? { stuckEraseFrom: 0x0810_0000, ...traps } : traps ?? {},
  }),
};

/**
 * Returns the serial number of an F4 or F7 ROM: 12 hexadecimal digits from the unique id, word 0 +
 * word 2 and the upper half of word 1 (dfu-dfuse.md D2).
 */
function stm32RomSerial(uid: Uint8Array): string {
  const { words } = UniqueId.decode(uid);
  return digits((words[0] + words[2]) >>> 0, 8) + digits(words[1] >>> 16, 4);
}

function digits(value: number, count: number): string {
  return value.toString(16).toUpperCase().padStart(count, "0");
}

function region(kind: DfuSeRegion["kind"], base: number, size: number): DfuSeRegion {
  const rule = kind === "ram" ? "overwrite" : "and";
  return { kind, memory: new FlashMemory({ base, sectors: [{ count: 1, size }], rule }) };
}

/** Returns a string descriptor whose length byte is two too large. */
function tooLong(text: string): Uint8Array {
  const bytes = encodeString(text);
  bytes[0] += 2;
  return bytes;
}
