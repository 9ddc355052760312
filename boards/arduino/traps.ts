import type { TrapTable } from "../../core/common/traps.ts";

/** Variants of the simulated board. */
export interface ArduinoTraps {
  /** The names of the alternates contain no layout. */
  readonly namelessAlternates: boolean;
  /** The firmware answers nothing on its serial port. */
  readonly wedged: boolean;
  /** The firmware's sectors silently ignore writes. */
  readonly writeProtected: boolean;
}

export const arduinoTraps: TrapTable<ArduinoTraps> = {
  namelessAlternates: [false],
  wedged: [false],
  writeProtected: [false],
};
