import { isSameUnit } from "../../core/openmv_bootloader/same_unit.ts";
import type { Board } from "../../core/family/board.ts";
import { type Partition, regionOf } from "../../core/openmv_bootloader/partition.ts";
import { type HardwareAction, plug, unplug } from "../../core/plan/hardware_action.ts";
import type { LayoutLimits } from "../../core/protocols/serial_boot/packets/layout_rules.ts";
import { drawing } from "./drawing.ts";
import { text } from "../../core/common/text.ts";

/**
 * The OpenMV N6: ids, addresses, names, actions by hand. Sources: openmv-boards.md 1.1, 2.3, 3.3,
 * 5.2.
 */

/** USB product ids under 37C5: running firmware, and DFU bootloader. */
export const FIRMWARE_PRODUCT_ID = 0x1206;
export const BOOTLOADER_PRODUCT_ID = 0x9206;

/** How the firmware names its board (openmv-boards.md 1.1). */
export const ARCHITECTURE = "OpenMV N6";

/** The external flash: where it is mapped, and its size (stm32n6-serial-boot.md D.3). */
export const FLASH_BASE = 0x7000_0000;
export const FLASH_SIZE = 0x200_0000;
/** Bytes erased at once. */
export const SECTOR = 0x1_0000;
/** Bytes programmed at once. */
export const PAGE = 256;
/**
 * Times of the flash in milliseconds: one sector erase and one page. Inferred; the vendor's limit
 * for an erase is 2000 (stm32n6-serial-boot.md B.7).
 */
export const ERASE_MS = 400;
export const PAGE_MS = 0.25;

const partition = (name: string, start: number, end: number, writable = true): Partition => ({
  name,
  memory: "xspi",
  start: FLASH_BASE + start,
  end: FLASH_BASE + end,
  writable,
});

/** The alternate settings of the camera's own bootloader, in order. */
export const partitions: readonly Partition[] = [
  partition("BOOTLOADER", 0, 0x8_0000, false),
  partition("FIRMWARE", 0x8_0000, 0x40_0000),
  partition("FILESYSTEM", 0x40_0000, 0x80_0000),
  partition("ROMFS0", 0x80_0000, FLASH_SIZE),
];

/** Regions that a flash layout may write: only the bootloader's (F.4). */
export const layoutLimits: LayoutLimits = {
  flashSize: FLASH_SIZE,
  eraseUnit: SECTOR,
  writableEnd: 0x8_0000,
};

const pins = ["BOOT", "VCC"];

/** Actions that show the bootloader: it runs for a moment each time the camera gets power. */
export const replugActions: readonly HardwareAction[] = [unplug, plug];

export const board: Board = {
  id: "openmv-n6",
  looks: text`USB-C, two buttons; BOOT1 switch, pins up to P18`,
  regions: [
    regionOf(partitions, "BOOTLOADER", { name: text`bootloader`, role: "bootloader" }),
    regionOf(partitions, "FIRMWARE", { name: text`firmware`, role: "firmware" }),
    regionOf(partitions, "ROMFS0", { name: text`ROMFS`, role: "romfs0" }),
    regionOf(partitions, "FILESYSTEM", { name: text`file system`, isFilesystem: true }),
  ],
  name: "OpenMV N6",
  maker: "OpenMV",
  folder: "OPENMV_N6",
  chip: "STM32N657",
  jobs: { restore: true, flash: true, read: true, verify: true },
  // What a ROM that shows fewer digits makes them of is not known.
  isSameUnit: (one, other) =>
    [one, other].some(({ mode, id }) => mode === "rom" && id.length < 24)
      ? undefined
      : isSameUnit(one, other),
  roles: [
    {
      role: "bootloader",
      title: text`DFU bootloader`,
      fileNames: ["bootloader.bin"],
      neededFor: ["restore"],
    },
    {
      role: "fsbl",
      title: text`OpenBootloader (runs in RAM while the camera is restored)`,
      fileNames: ["OpenBootloader_STM32N6570-DK-trusted.stm32"],
      neededFor: ["restore"],
      comesWith: "openmv-ide",
    },
    {
      role: "external-loader",
      title: text`flash loader for OpenBootloader`,
      fileNames: ["MX66UW1G45G_STM32N6570-DK-OBL.bin"],
      neededFor: ["restore"],
      comesWith: "openmv-ide",
    },
    {
      role: "flash-layout",
      title: text`flash layout (default: the usual one)`,
      fileNames: ["FlashLayout.tsv"],
      neededFor: [],
      comesWith: "openmv-ide",
    },
    {
      role: "firmware",
      title: text`camera firmware`,
      fileNames: ["firmware.bin"],
      neededFor: ["flash"],
    },
    {
      role: "romfs0",
      title: text`read-only file system (models, fonts)`,
      fileNames: ["romfs0.img", "romfs.img"],
      neededFor: [],
    },
  ],
  recoveryActions: [
    unplug,
    {
      id: "fit-jumper",
      text: text`Connect a jumper wire between the BOOT and VCC pins.`,
      parts: pins,
    },
    plug,
  ],
  afterActions: [
    unplug,
    {
      id: "remove-jumper",
      text: text`Remove the jumper wire between the BOOT and VCC pins.`,
      parts: pins,
    },
    plug,
  ],
  drawing,
};
