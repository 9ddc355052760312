import type { TrapTable } from "../../core/common/traps.ts";

/** Variants of the simulated board. */
export interface ArduinoTraps {
  /** The names of the alternates are no layout. */
  readonly namelessAlternates: boolean;
  /** The firmware answers nothing on its serial port. */
  readonly wedged: boolean;
  /** The firmware's sectors take nothing, and nothing is said of it. */
  readonly writeProtected: boolean;
}

export const arduinoTraps: TrapTable<ArduinoTraps> = {
  namelessAlternates: [false],
  wedged: [false],
  writeProtected: [false],
};
