import {
  type RomSwitches,
  romSwitches,
} from "../../core/protocols/serial_boot/model/rom_switches.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** Variants of the simulated camera; README.md tells what each is for. */
export interface N6Traps {
  /** The flash loader's Init fails: OpenBootloader says OK and writes nothing. */
  readonly initFails: boolean;
  /** An erase under OpenBootloader never ends. */
  readonly eraseHangs: boolean;
  /** The bootloader's sectors take nothing, and nobody says so. */
  readonly writeProtected: boolean;
  /** The flash has another id: OpenMV's bootloader spins for ever and never shows itself. */
  readonly wrongFlashId: boolean;
  /** Milliseconds from the ROM's end until OpenBootloader shows itself. */
  readonly startMs: number;
  /** Times that OpenBootloader dies early, so that the ROM comes back. */
  readonly earlyDeaths: number;
  /**
   * The camera starts anew every two seconds until its firmware is zeroed; the damage is in the
   * `vectors` or in the `body` of the firmware. Empty: no such loop.
   */
  readonly resetLoop: "" | "vectors" | "body";
  /** Unique id of the chip: 12 bytes as 24 hexadecimal digits, as they stand in memory. */
  readonly uid: string;
}

const ownTraps: TrapTable<N6Traps> = {
  initFails: [false],
  eraseHangs: [false],
  writeProtected: [false],
  wrongFlashId: [false],
  startMs: [600],
  earlyDeaths: [0],
  resetLoop: ["", "vectors", "body"],
  uid: ["2d003a000b51333835333231"],
};

/** The camera's own traps, and the switches of the ROM, which go by the same record. */
export const n6Traps: TrapTable<N6Traps & RomSwitches> = { ...ownTraps, ...romSwitches };
