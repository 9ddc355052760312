import { type FirmwareTraps, firmwareTraps } from "../../core/openmv_bootloader/firmware_model.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** Variants of the simulated board. */
export interface ArduinoTraps extends FirmwareTraps {
  /** The names of the alternates contain no layout. */
  readonly namelessAlternates: boolean;
  /** The firmware answers nothing on its serial port. */
  readonly wedged: boolean;
  /** The firmware's sectors silently ignore writes. */
  readonly writeProtected: boolean;
}

export const arduinoTraps: TrapTable<ArduinoTraps> = {
  ...firmwareTraps,
  namelessAlternates: [false],
  wedged: [false],
  writeProtected: [false],
};
