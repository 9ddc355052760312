import {
  type FirmwareTraps,
  firmwareTraps,
  type StoppingFirmware,
  stoppingFirmware,
} from "../../core/openmv_bootloader/firmware_traps.ts";
import {
  type RomSwitches,
  romSwitches,
} from "../../core/protocols/serial_boot/model/rom_switches.ts";
import { type MemoryTraps, memoryTraps } from "../../core/openmv_bootloader/memory_traps.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** Variants of the simulated camera; README.md explains each of them. */
export interface N6Traps extends FirmwareTraps, StoppingFirmware, MemoryTraps {
  /** The flash loader's Init fails: OpenBootloader says OK and writes nothing. */
  readonly initFails: boolean;
  /** An erase under OpenBootloader never ends. */
  readonly eraseHangs: boolean;
  /** The bootloader's sectors silently ignore erase and write. */
  readonly writeProtected: boolean;
  /** The flash has a different id: OpenMV's bootloader hangs and never appears. */
  readonly wrongFlashId: boolean;
  /** Firmware that is damaged behind its first bytes starts all the same. */
  readonly startsDamaged: boolean;
  /** Milliseconds from the ROM's end until OpenBootloader appears. */
  readonly startMs: number;
  /** How often OpenBootloader crashes early, so that the ROM returns. */
  readonly earlyDeaths: number;
  /**
   * The camera restarts every two seconds until its firmware is zeroed; the damage is in the
   * `vectors` or in the `body` of the firmware. Empty: no such loop.
   */
  readonly resetLoop: "" | "vectors" | "body";
  /** Unique id of the chip: 12 bytes as 24 hexadecimal digits, in the order of memory. */
  readonly uid: string;
}

const ownTraps: TrapTable<N6Traps> = {
  ...firmwareTraps,
  ...memoryTraps,
  ...stoppingFirmware,
  initFails: [false],
  eraseHangs: [false],
  writeProtected: [false],
  wrongFlashId: [false],
  startsDamaged: [false],
  startMs: [600],
  earlyDeaths: [0],
  resetLoop: ["", "vectors", "body"],
  uid: ["2d003a000b51333835333231"],
};

/** The camera's own traps, and the switches of the ROM in the same record. */
export const n6Traps: TrapTable<N6Traps & RomSwitches> = { ...ownTraps, ...romSwitches };
