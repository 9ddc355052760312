import type { Board, BoardRegion, JobSupport } from "../../core/family/board.ts";
import type { ImageRole } from "../../core/image/image.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { drawing } from "./drawing.ts";
import { text, type Words } from "../../core/common/text.ts";

/** Arduino boards that run OpenMV. Source: openmv-boards.md 0.1, 1.1, 3.6, 3.7. */

export const ARDUINO_VENDOR_ID = 0x2341;

/** First byte of the internal flash (2 MiB) and of the external flash (16 MiB). */
export const INTERNAL_FLASH = 0x0800_0000, EXTERNAL_FLASH = 0x9000_0000;

/** A place to write to: its address and how much fits there. */
export interface Place {
  readonly role: string;
  readonly region: Words;
  readonly address: number;
  /** Bytes. */
  readonly limit: number;
}

export interface ArduinoBoard extends Board {
  /** Lower byte of the product id, the same in all modes. */
  readonly idLowByte: number;
  /** Product id of its DFU or serial bootloader. */
  readonly bootloaderProductId: number;
}

/** A board that is flashed over DfuSe. */
export interface PortentaClass extends ArduinoBoard {
  /** Name that the firmware gives its board; every firmware image contains it as text. */
  readonly architecture: string;
  /** Product id of the running OpenMV firmware of today. */
  readonly firmwareProductId: number;
  /** Start of each file system; if its first 4096 bytes are zero, the firmware formats it again. */
  readonly filesystems: readonly number[];
}

export const pressReset: HardwareAction = {
  id: "press-reset-twice",
  text: text`Press the reset button of the board twice, quickly.`,
  parts: ["RESET"],
};
export const plug: HardwareAction = { id: "plug", text: text`Plug the board into USB.` };
export const unplug: HardwareAction = {
  id: "unplug",
  text: text`Unplug the board from every cable.`,
};

const roles: readonly ImageRole[] = [
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
  {
    role: "wifi",
    title: text`firmware of the WiFi radio`,
    fileNames: ["cyw4343_7_45_98_102.bin", "cyw4343_7_45_98_50.bin"],
    neededFor: [],
  },
  {
    role: "bluetooth",
    title: text`firmware of the Bluetooth radio`,
    fileNames: ["cyw4343_btfw.bin"],
    neededFor: [],
  },
];

/** Where each image is written, in the order of writing (openmv-boards.md 3.6). */
export const places: readonly Place[] = [
  { role: "wifi", region: text`WiFi firmware`, address: 0x90F0_0000, limit: 0xC_0000 },
  { role: "bluetooth", region: text`Bluetooth firmware`, address: 0x90FC_0000, limit: 0x4_0000 },
  { role: "firmware", region: text`firmware`, address: 0x0804_0000, limit: 1_835_008 },
  { role: "romfs0", region: text`ROMFS`, address: 0x90B0_0000, limit: 4_194_304 },
];

const refuse = (refused: Words): JobSupport => ({ refused });

const portentaClass = {
  maker: "Arduino",
  chip: "STM32H747",
  jobs: {
    restore: refuse(
      text`This board has Arduino's own bootloader. unbrick cannot restore it, but the Arduino
        IDE can.`,
    ),
    flash: true,
    read: true,
    verify: true,
  },
  roles,
  recoveryActions: [],
  afterActions: [],
  flashActions: [plug, pressReset],
  // The serials of bootloader and firmware bear no relation (openmv-boards.md 1.2): alike compares alike.
  isSameUnit: (one, other) =>
    one.productId === other.productId && one.id.length === other.id.length
      ? one.id.toUpperCase() === other.id.toUpperCase()
      : undefined,
  drawing,
} as const satisfies Partial<Board>;

const memory = (filesystems: readonly number[]) => ({
  filesystems,
  regions: regionsOf(filesystems),
});

/** Returns the regions: the maker's bootloader, the file systems, and those of the images. */
const regionsOf = (filesystems: readonly number[]): BoardRegion[] => [
  { name: text`bootloader`, address: 0x0800_0000, size: 0x2_0000 },
  ...["firmware", "romfs0"].map(regionOfRole),
  ...filesystems.map((address): BoardRegion =>
    address < EXTERNAL_FLASH
      ? { name: text`file system inside the chip`, isFilesystem: true, address, size: 0x2_0000 }
      : { name: text`file system`, isFilesystem: true, address, size: 0xB0_0000 }
  ),
  ...["wifi", "bluetooth"].map(regionOfRole),
];

function regionOfRole(role: string): BoardRegion {
  const { region, address, limit } = places.find((place) => place.role === role)!;
  return { name: region, role, address, size: limit };
}

/**
 * Returns what the Nanos share: retired, with other chips and bootloaders (openmv-boards.md 3.7).
 */
function nano(bootloader: Words, tool: Words): Pick<
  Board,
  "maker" | "jobs" | "roles" | "recoveryActions" | "afterActions"
> {
  const refused = refuse(
    text`OpenMV no longer makes firmware for this board; ${bootloader}, which ${tool} can use.`,
  );
  return {
    maker: "Arduino",
    jobs: { restore: refused, flash: refused, read: refused, verify: refused },
    roles: [],
    recoveryActions: [],
    afterActions: [],
  };
}

export const portentaBoards: readonly PortentaClass[] = [
  {
    ...portentaClass,
    id: "arduino-portenta-h7",
    looks: text`printed Portenta H7; camera on a Vision Shield`,
    name: "Arduino Portenta H7",
    folder: "ARDUINO_PORTENTA_H7",
    formerFolders: ["PORTENTA"],
    idLowByte: 0x5B,
    bootloaderProductId: 0x035B,
    firmwareProductId: 0x045B,
    architecture: "PORTENTA H7 8192 SDRAM",
    mayHaveNoSensor: true,
    ...memory([0x0802_0000, EXTERNAL_FLASH]),
  },
  {
    ...portentaClass,
    id: "arduino-giga",
    looks: text`printed GIGA R1 WiFi`,
    name: "Arduino Giga",
    folder: "ARDUINO_GIGA",
    idLowByte: 0x66,
    bootloaderProductId: 0x0366,
    firmwareProductId: 0x0466,
    architecture: "GIGA H7 8192 SDRAM",
    mayHaveNoSensor: true,
    ...memory([0x0802_0000, EXTERNAL_FLASH]),
  },
  {
    ...portentaClass,
    id: "arduino-nicla-vision",
    looks: text`printed Nicla Vision; camera on the board`,
    name: "Arduino Nicla Vision",
    folder: "ARDUINO_NICLA_VISION",
    formerFolders: ["NICLAV", "BORMIO"],
    idLowByte: 0x5F,
    bootloaderProductId: 0x035F,
    firmwareProductId: 0x055F,
    architecture: "NICLAV H7 1024",
    ...memory([EXTERNAL_FLASH]),
  },
];

export const boards: readonly ArduinoBoard[] = [
  ...portentaBoards,
  {
    ...nano(text`its bootloader is a serial one`, text`Arduino's bossac`),
    id: "arduino-nano-33-ble",
    name: "Arduino Nano 33 BLE Sense",
    folder: "ARDUINO_NANO_33_BLE_SENSE",
    formerFolders: ["NANO33"],
    chip: "nRF52840",
    idLowByte: 0x5A,
    bootloaderProductId: 0x005A,
  },
  {
    ...nano(text`its chip has a boot ROM`, text`Raspberry Pi's picotool`),
    id: "arduino-nano-rp2040",
    name: "Arduino Nano RP2040 Connect",
    folder: "ARDUINO_NANO_RP2040_CONNECT",
    formerFolders: ["PICO"],
    chip: "RP2040",
    idLowByte: 0x5E,
    bootloaderProductId: 0x005E,
  },
];

/** Returns the full entry of a board that is flashed over DfuSe; undefined for the Nanos. */
export function portentaBoard(board: Board): PortentaClass | undefined {
  return portentaBoards.find(({ id }) => id === board.id);
}
