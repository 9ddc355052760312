import { collectionFolder } from "../support/images/genuine_files.ts";

/** A device as a public log shows it, and what a recogniser must say. */
export interface RealDevice {
  readonly what: string;
  /** `0483:df11` */
  readonly id: string;
  readonly product?: string;
  /** Names of the alternate settings, in order. */
  readonly alternates?: readonly string[];
  /** `family/mode/board+board`, `nobody`, or `n/a` for a record of something else. */
  readonly expect: string;
  readonly source: string;
}

const ST = "0483:df11", ARDUINO = "2341:035b";
const F4 = "STM32  BOOTLOADER", H7 = "DFU in FS Mode";
const otp = "@OTP Memory /0x1FFF7800/01*512 e,01*016 e";
const feature = "@Device Feature/0xFFFF0000/01*004 e";
const h7Boards = "openmv_stm32/rom/openmv-h7+openmv-h7-plus+openmv-pure-thermal";
const twoBanks = "04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg";
const portenta = "arduino/bootloader/arduino-portenta-h7";

const rom = (
  what: string,
  product: string,
  alternates: readonly string[],
  expect: string,
  source: string,
): RealDevice => ({ what, id: ST, product, alternates, expect, source });

/** The devices of real-devices.md 1 to 4, with the sections that name the logs. */
export const realDevices: readonly RealDevice[] = [
  rom(
    "F427 of the LEIA board",
    F4,
    [
      `@Internal Flash  /0x08000000/${twoBanks}`,
      "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e",
      otp,
      feature,
    ],
    "openmv_stm32/rom/openmv-m4",
    "1.1",
  ),
  rom(
    "F427 of ArduPilot's guide, one space before the slash, two groups of OTP",
    F4,
    [
      `@Internal Flash /0x08000000/${twoBanks}`,
      "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e",
      `${otp}/0x1FFE7800/01*512 e,01*016 e`,
      feature,
    ],
    "openmv_stm32/rom/openmv-m4",
    "1.1",
  ),
  rom(
    "F405 or F407",
    F4,
    [
      "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg",
      "@Option Bytes  /0x1FFFC000/01*016 e",
      otp,
      feature,
    ],
    "nobody",
    "1.2",
  ),
  rom(
    "F401 or F411",
    F4,
    ["@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg"],
    "nobody",
    "1.3",
  ),
  rom(
    "F745 or F746",
    F4,
    ["@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg"],
    "nobody",
    "1.3",
  ),
  rom(
    "F72x or F73x, without all leading zeros",
    F4,
    [
      "@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg",
      "@Option Bytes  /0x1FFF0000/01*048 e",
      "@OTP Memory /0x1FF07800/01*528e",
      feature,
    ],
    "nobody",
    "1.3",
  ),
  rom(
    "H743",
    H7,
    ["@Internal Flash   /0x08000000/16*128Kg", "@Option Bytes   /0x5200201C/01*128 e"],
    h7Boards,
    "1.5",
  ),
  rom(
    "H743 as Chromium reads it, five spaces",
    H7,
    ["@Internal Flash   /0x08000000/16*128Kg", "@Option Bytes     /0x5200201C/01*128 e"],
    h7Boards,
    "1.5",
  ),
  rom("H750", H7, ["@Internal Flash   /0x08000000/01*128Kg"], "nobody", "1.6"),
  rom("H7B3", H7, ["@Internal Flash   /0x08000000/256*08Kg"], "nobody", "1.6"),
  rom("G4", H7, ["@Internal Flash   /0x08000000/256*02Kg"], "nobody", "1.6"),
  rom(
    "Daisy's bootloader",
    "Daisy Bootloader",
    ["@Flash /0x90000000/64*4Kg/0x90040000/60*64Kg/0x90400000/60*64Kg"],
    "nobody",
    "1.6",
  ),
  rom(
    "N6 as betaflight's README shows it",
    F4,
    [
      "@FSBL        /0x34180400/01*512Kg",
      "@RSSE_FW     ",
      "@RSSE_BLOB   ",
      "@RSSE_PLUGIN ",
      "@virtual     ",
    ],
    "openmv_n6/rom/openmv-n6",
    "2",
  ),
  rom(
    "MP135F",
    "DFU in HS Mode @Device ID /0x501, @Revision ID /0x1003",
    ["@FSBL /0x01/1*128Ke", "@virtual /0xF1/1*512Be"],
    "nobody",
    "2",
  ),
  rom(
    "second stage of an MP13",
    "USB download gadget@Device ID /0x501, @Revision ID /0x1003, @Name /STM32MP135F Rev.Y,",
    ["@SSBL /0x03/1*16Me", "@virtual /0xF1/1*512Be"],
    "nobody",
    "2",
  ),
  rom(
    "U-Boot's flash layout stage of an MP1",
    "USB download gadget",
    ["@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be", "@OTP/0xf2/1*776Be"],
    "nobody",
    "2",
  ),
  { what: "Portenta H7", id: ARDUINO, expect: portenta, source: "3" },
  {
    what: "N6 in OpenMV's bootloader",
    id: "37c5:9206",
    product: "OpenMV Camera (DFU Mode)",
    alternates: ["BOOTLOADER", "FIRMWARE", "FILESYSTEM", "ROMFS0"],
    expect: "openmv_n6/bootloader/openmv-n6",
    source: "4",
  },
];

/** The records as they were collected, all of them; undefined if they are not on this machine. */
export function collectedRecords(): { readonly devices: readonly RealDevice[] } | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(`${collectionFolder()}/real_devices.json`));
  } catch {
    console.log("skipped: records of real devices, because real_devices.json is not there");
    return undefined;
  }
}
