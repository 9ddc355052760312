import { isSameUnit } from "../../core/openmv_bootloader/same_unit.ts";
import type { Board, BoardRegion } from "../../core/family/board.ts";
import { type HardwareAction, plug, unplug } from "../../core/plan/hardware_action.ts";
import {
  type Partition,
  partitionNamed,
  regionOf,
} from "../../core/openmv_bootloader/partition.ts";
import { type Chip, F427, F765, FLASH_BASE, H743 } from "./chips.ts";
import { drawings } from "./drawing.ts";
import { text } from "../../core/common/text.ts";

/**
 * The five cameras: ids, addresses, names. Source: openmv-boards.md 0.1, 1.1, 2.1, 3.2, 5.2. Their
 * looks: OpenMV's quick references (openmv-doc), for the H7 its published layout (openmv-boards).
 */

export interface Stm32Board extends Board {
  readonly processor: Chip;
  /** USB product ids under 37C5: running firmware, and DFU bootloader. */
  readonly firmwareProductId: number;
  readonly bootloaderProductId: number;
  /** Name that the firmware gives its board; every firmware image contains it as text. */
  readonly architecture: string;
  /** The alternate settings of the current bootloader, in order. */
  readonly partitions: readonly Partition[];
  /**
   * If the first block here is zeros, the firmware formats a new file system (openmv-boards.md
   * 3.1).
   */
  readonly filesystemPartition: string;
}

const flash = (name: string, start: number, end: number, writable = true): Partition => ({
  name,
  memory: "flash",
  start: FLASH_BASE + start,
  end: FLASH_BASE + end,
  writable,
});

/** Returns the partitions: BOOTLOADER, FILESYSTEM, FIRMWARE, then ROMFS0 up to the end of flash. */
function internalPartitions(
  filesystem: number,
  firmware: number,
  romfs: number,
  end: number,
): Partition[] {
  const table = [
    flash("BOOTLOADER", 0, filesystem, false),
    flash("FILESYSTEM", filesystem, firmware),
    flash("FIRMWARE", firmware, romfs),
  ];
  return romfs < end ? [...table, flash("ROMFS0", romfs, end)] : table;
}

/** Partitions of the two cameras with 32 MiB QSPI flash; ROMFS0 is the last 8 MiB of SPI_FLASH. */
const withQspi = [
  ...internalPartitions(0x20000, 0x40000, 0x200000, 0x200000),
  { name: "SPI_FLASH", memory: "qspi", start: 0, end: 0x200_0000, writable: true },
  { name: "ROMFS0", memory: "qspi", start: 0x180_0000, end: 0x200_0000, writable: true },
];

/** What stands where; in the larger cameras the user's files are outside of the chip. */
function regionsOf(table: readonly Partition[]): BoardRegion[] {
  const romfs = partitionNamed(table, "ROMFS0");
  const outside = table.find(({ name }) => name === "SPI_FLASH");
  const { name: partition, start, end } = outside ?? partitionNamed(table, "FILESYSTEM");
  const size = (outside ? romfs.start : end) - start;
  return [
    regionOf(table, "BOOTLOADER", { name: text`bootloader`, role: "bootloader" }),
    regionOf(table, "FIRMWARE", { name: text`firmware`, role: "firmware" }),
    regionOf(table, "ROMFS0", { name: text`ROMFS`, role: "romfs0" }),
    { name: text`file system`, isFilesystem: true, address: start, size, partition },
  ];
}

const layout = (partitions: readonly Partition[]) => ({
  partitions,
  regions: regionsOf(partitions),
});

const pins = ["BOOT", "RST"];

/** Actions that show the bootloader: it runs for a moment each time the camera gets power. */
export const replugActions: readonly HardwareAction[] = [unplug, plug];

const shared = {
  maker: "OpenMV",
  jobs: { restore: true, flash: true, read: true, verify: true },
  isSameUnit,
  roles: [
    {
      role: "bootloader",
      title: text`DFU bootloader`,
      fileNames: ["bootloader.bin", "bootloader.dfu"],
      neededFor: ["restore"],
    },
    {
      role: "firmware",
      title: text`camera firmware`,
      fileNames: ["firmware.bin", "firmware.dfu"],
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
      text: text`Connect a jumper wire between the BOOT and RST pins.`,
      parts: pins,
    },
    plug,
  ],
  afterActions: [
    unplug,
    {
      id: "remove-jumper",
      text: text`Remove the jumper wire between the BOOT and RST pins.`,
      parts: pins,
    },
    plug,
  ],
  romEntry: "st-boot-pin",
  drawing: drawings.rows,
} as const satisfies Partial<Board>;

export const boards: readonly Stm32Board[] = [
  {
    ...shared,
    id: "openmv-m4",
    looks: text`lens fixed on the board; pins P0 to P8, no SYN`,
    name: "OpenMV Cam M4",
    folder: "OPENMV2",
    chip: F427.name,
    processor: F427,
    firmwareProductId: 0x1202,
    bootloaderProductId: 0x9202,
    architecture: "OMV2 F4 256 JPEG",
    ...layout(internalPartitions(0x8000, 0x10000, 0xE0000, 0x100000)),
    filesystemPartition: "FILESYSTEM",
  },
  {
    ...shared,
    id: "openmv-m7",
    looks: text`lens fixed on the board; pins P0 to P9 and SYN`,
    name: "OpenMV Cam M7",
    folder: "OPENMV3",
    formerFolders: ["OPENMV7"],
    chip: F765.name,
    processor: F765,
    firmwareProductId: 0x1203,
    bootloaderProductId: 0x9203,
    architecture: "OMV3 F7 512",
    ...layout(internalPartitions(0x8000, 0x20000, 0x1C0000, 0x200000)),
    filesystemPartition: "FILESYSTEM",
  },
  {
    ...shared,
    id: "openmv-h7",
    looks: text`plug-in lens module; printed OpenMV-H7`,
    name: "OpenMV Cam H7",
    folder: "OPENMV4",
    chip: H743.name,
    processor: H743,
    firmwareProductId: 0x1204,
    bootloaderProductId: 0x9204,
    architecture: "OMV4 H7 1024",
    ...layout(internalPartitions(0x20000, 0x40000, 0x1E0000, 0x200000)),
    filesystemPartition: "FILESYSTEM",
  },
  {
    ...shared,
    id: "openmv-h7-plus",
    looks: text`like the H7, with a second large chip (memory)`,
    name: "OpenMV Cam H7 Plus",
    folder: "OPENMV4P",
    formerFolders: ["OPENMV4R"],
    chip: H743.name,
    processor: H743,
    firmwareProductId: 0x124A,
    bootloaderProductId: 0x924A,
    architecture: "OMV4P H7 32768 SDRAM",
    ...layout(withQspi),
    filesystemPartition: "SPI_FLASH",
  },
  {
    ...shared,
    drawing: drawings.namesOnly,
    id: "openmv-pure-thermal",
    looks: text`4.3 inch touch screen, HDMI, USB-C`,
    name: "OpenMV Pure Thermal",
    folder: "OPENMVPT",
    formerFolders: ["OPENMVPURETHERMAL"],
    chip: H743.name,
    processor: H743,
    firmwareProductId: 0x1205,
    bootloaderProductId: 0x9205,
    architecture: "OPENMVPT 65536 SDRAM",
    ...layout(withQspi),
    filesystemPartition: "SPI_FLASH",
  },
];

/** Returns the full entry of one of this family's boards. */
export function stm32Board(board: Board): Stm32Board {
  const found = boards.find(({ id }) => id === board.id);
  if (!found) throw new Error(`${board.id} is not of the family openmv_stm32`);
  return found;
}
