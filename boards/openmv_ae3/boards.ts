import { isSameId } from "../../core/device/unit_id.ts";
import type { Board, BootloaderCommand } from "../../core/family/board.ts";
import { type Partition, regionOf } from "../../core/openmv_bootloader/partition.ts";
import {
  MRAM_BASE,
  MRAM_SIZE,
  SYSTEM_BASE,
} from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { type HardwareAction, plug, unplug } from "../../core/plan/hardware_action.ts";
import { drawing } from "./drawing.ts";
import { text, type Words } from "../../core/common/text.ts";

/**
 * The OpenMV AE3: ids, addresses, names, actions by hand. Sources: openmv-boards.md 1.1, 2.5, 3.5,
 * 5.2; alif-isp.md D.
 */

/** USB product ids under 37C5: running firmware, and DFU bootloader. */
export const FIRMWARE_PRODUCT_ID = 0x16E3;
export const BOOTLOADER_PRODUCT_ID = 0x96E3;

/** How the firmware names its board (openmv-boards.md 1.1). */
export const ARCHITECTURE = "OPENMV AE3";

/** The flash beside the chip, in bytes. */
export const OSPI_SIZE = 0x200_0000;
/** Bytes that this flash erases and programs at once (openmv-boards.md 5.5). */
export const OSPI_SECTOR = 4096;
export const OSPI_PAGE = 256;
/** Times in milliseconds (inferred). */
export const OSPI_ERASE_MS = 20;
export const OSPI_PAGE_MS = 0.1;

const mram = (name: string, start: number, end: number, writable = true): Partition => ({
  name,
  memory: "mram",
  start,
  end,
  writable,
});
const ospi = (name: string, start: number, end: number): Partition => ({
  name,
  memory: "ospi",
  start,
  end,
  writable: true,
});

/** Alternate settings of the camera's bootloader, in order, without the last one. */
export const partitions: readonly Partition[] = [
  mram("BOOT", 0x8000_0000, 0x8002_0000, false),
  mram("HP", 0x8002_0000, 0x8032_0000),
  mram("HE", 0x8032_0000, 0x8047_E000),
  mram("ROMFS1", 0x8047_E000, 0x8057_E000),
  mram("TOC", 0x8057_E000, 0x8058_0000),
  ospi("RWFS", 0, 0x80_0000),
  ospi("ROMFS0", 0x80_0000, OSPI_SIZE),
];

/** Alternate setting 7, which accepts a key and cannot be read (openmv-runtime.md 6). */
export const recoveryPartition: Partition = ospi("RECOVERY", 0, 0x1000);
/** The key and zeros, 4096 bytes; the bootloader compares the first 16 (openmv-boards.md 4.4). */
const recoveryKey = new Uint8Array(4096);
recoveryKey.set(Uint8Array.fromHex("159e7d42961a71eb73a326292b08090e"));

/** Resets the Everspin memory of special builds and wipes it (openmv-runtime.md 6). */
export const resetMemoryCommand: BootloaderCommand = {
  partition: recoveryPartition.name,
  bytes: recoveryKey,
  // The bootloader answers only when everything is done (openmv-boards.md 5.5).
  deadlineMs: 600_000,
  blanks: ["RWFS", "ROMFS0"],
  refused:
    text`The bootloader did not reset the memory: this camera has no Everspin memory, or its memory is
    broken. Before another attempt, unplug the camera and plug it in again.`,
  next: text`Write the ROMFS again: dfu-util -w -d ,37c5:96e3 -a ROMFS0 -D romfs0.img`,
};

const parts = ["RECOVERY"];

/** Actions that show the bootloader: it runs for a moment each time the camera gets power. */
export const replugActions: readonly HardwareAction[] = [unplug, plug];

/**
 * Actions that cut the chip's power and keep its recovery port: a camera with a broken application
 * shows that port even with the switch off.
 */
export const repowerActions: readonly HardwareAction[] = [
  unplug,
  {
    id: "switch-on",
    text: text`Make sure that the recovery switch is on (camera side, bottom left corner).`,
    parts,
  },
  plug,
];

/** Actions that reset a silent chip while unbrick calls it (alif-isp.md C.3). */
export const resetActions: readonly HardwareAction[] = [
  {
    id: "press-button",
    text:
      text`Leave the recovery switch on and press the camera's button. If nothing happens, unplug
        the camera and plug it in again.`,
    parts: ["BUTTON"],
  },
];

/** Suffixes of the vendor's file names: signed with the production or the development key. */
export const flavours = ["", "-dev"] as const;

/** The roles of the system packages: one for each hardware variant and flavour. */
export const packageRoles = (["AE", "LE"] as const).flatMap((variant) =>
  flavours.map((flavour) => ({
    role: `system-${variant.toLowerCase()}${flavour}`,
    part: `AE302F80F55D5${variant}`,
    variant,
    flavour,
  }))
);

export const ae3: Board = {
  id: "openmv-ae3",
  looks: text`30 x 30 mm, USB-C, one button, a tiny switch`,
  regions: [
    {
      name: text`Secure Enclave firmware`,
      address: SYSTEM_BASE,
      size: MRAM_BASE + MRAM_SIZE - SYSTEM_BASE,
    },
    regionOf(partitions, "BOOT", { name: text`bootloader`, role: "bootloader" }),
    regionOf(partitions, "TOC", { name: text`table of contents`, role: "toc" }),
    regionOf(partitions, "HP", { name: text`M55-HP firmware`, role: "firmware-hp" }),
    regionOf(partitions, "HE", { name: text`M55-HE firmware`, role: "firmware-he" }),
    regionOf(partitions, "ROMFS0", { name: "M55-HP ROMFS", role: "romfs0" }),
    regionOf(partitions, "ROMFS1", { name: "M55-HE ROMFS", role: "romfs1" }),
    regionOf(partitions, "RWFS", { name: text`file system`, isFilesystem: true }),
  ],
  name: "OpenMV AE3",
  maker: "OpenMV",
  folder: "OPENMV_AE3",
  chip: "Alif Ensemble E3",
  jobs: { restore: true, flash: true, read: true, verify: true },
  // Chip, bootloader and firmware show the same 24 digits (alif-isp.md 0.10); its adapter has others.
  isSameUnit: (one, other) => isSameId(one.id, other.id, 24),
  roles: [
    {
      role: "bootloader",
      title: text`DFU bootloader`,
      fileNames: ["bootloader.bin"],
      neededFor: ["restore"],
    },
    {
      role: "toc",
      title: text`table of contents`,
      fileNames: ["firmware_pad.toc"],
      neededFor: ["restore"],
    },
    {
      role: "firmware-hp",
      title: text`firmware of the M55-HP core`,
      fileNames: ["firmware_M55_HP.bin"],
      neededFor: ["flash"],
    },
    {
      role: "firmware-he",
      title: text`firmware of the M55-HE core`,
      fileNames: ["firmware_M55_HE.bin"],
      neededFor: ["flash"],
    },
    {
      role: "romfs1",
      title: text`read-only file system of the M55-HE core`,
      fileNames: ["romfs1.img"],
      neededFor: [],
    },
    {
      role: "romfs0",
      title: text`read-only file system of the M55-HP core`,
      fileNames: ["romfs0.img", "romfs.img"],
      neededFor: [],
    },
    ...systemFiles(),
    ...pointerFiles(),
  ],
  recoveryActions: [
    unplug,
    {
      id: "switch-on",
      text: text`Turn the recovery switch on (camera side, bottom left corner).`,
      parts,
    },
    plug,
  ],
  afterActions: [
    unplug,
    {
      id: "switch-off",
      text: text`Turn the recovery switch off (camera side, bottom left corner).`,
      parts,
    },
    plug,
  ],
  commands: [resetMemoryCommand],
  drawing,
};

/**
 * Returns the roles of a vendor's file and its signature, in the release or in SE Tools' `alif`
 * folder.
 */
function signedFile(role: string, title: Words, name: string): Board["roles"] {
  const places = (file: string) => [file, `alif/${file}`];
  return [
    { role, title, fileNames: places(`${name}.bin`), neededFor: [], comesWith: "se-tools" },
    {
      role: `${role}-sign`,
      title: text`signature of the ${title}`,
      fileNames: places(`${name}.bin.sign`),
      neededFor: [],
      comesWith: "se-tools",
    },
  ];
}

function systemFiles(): Board["roles"] {
  return packageRoles.flatMap(({ role, part, flavour }) =>
    signedFile(
      role,
      flavour
        ? text`system package of the part ${part} (development)`
        : text`system package of the part ${part}`,
      `SP-${part}-rev-b4${flavour}`,
    )
  );
}

function pointerFiles(): Board["roles"] {
  return flavours.flatMap((flavour) =>
    signedFile(
      `pointer${flavour}`,
      flavour
        ? text`pointer to the system package (development)`
        : text`pointer to the system package`,
      `offset-58-rev-b4${flavour}`,
    )
  );
}
