import {
  type FirmwareTraps,
  firmwareTraps,
  type StoppingFirmware,
  stoppingFirmware,
} from "../../core/openmv_bootloader/firmware_traps.ts";
import { type MemoryTraps, memoryTraps } from "../../core/openmv_bootloader/memory_traps.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** Names of the alternate settings, by generation of the bootloader (real-devices.md 3). */
export const bootloaderAlternates = {
  "25": [
    "@Internal Flash  2MB   /0x08000000/01*128Ka,15*128Kg",
    "@Ext RAW  Flash 16MB   /0x90000000/4096*4Kg",
    "@Ext File Flash  0MB   /0x00000000/0*4Kg",
    "@Arduino  boot  v.25   /0x00000000/0*4Kg",
  ],
  "mcuboot": [
    "@Internal Flash  2MB   /0x08000000/01*128Ka,15*128Kg",
    "@Ext RAW  Flash 16MB   /0x90000000/4096*4Kg",
    "@Ext File Flash 16MB   /0xA0000000/4096*4Kg",
    "@MCUboot        v.25   /0x00000000/0*4Kg",
  ],
  "22": [
    "@Internal Flash   /0x08000000/01*128Ka,15*128Kg",
    "@External Flash   /0x90000000/4096*4Kg",
    "@Bootloader version 22 /0x00000000/0*4Kg",
  ],
} as const;

/** Variants of the simulated board. */
export interface ArduinoTraps extends FirmwareTraps, StoppingFirmware, MemoryTraps {
  /** The names of the alternates contain no layout. */
  readonly namelessAlternates: boolean;
  /** Generation of the bootloader. */
  readonly bootloader: keyof typeof bootloaderAlternates;
  /** The firmware answers nothing on its serial port. */
  readonly wedged: boolean;
  /** The firmware's sectors silently ignore writes. */
  readonly writeProtected: boolean;
}

export const arduinoTraps: TrapTable<ArduinoTraps> = {
  ...firmwareTraps,
  ...memoryTraps,
  ...stoppingFirmware,
  namelessAlternates: [false],
  bootloader: ["25", "mcuboot", "22"],
  wedged: [false],
  writeProtected: [false],
};
