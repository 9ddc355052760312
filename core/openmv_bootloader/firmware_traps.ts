import type { TrapTable } from "../common/traps.ts";
import type { PreviewFaults } from "../protocols/openmv_debug/model/preview_model.ts";

/** Faults of the running firmware, for the traps of every family. */
export interface FirmwareTraps extends PreviewFaults {
  readonly sensorMissing: boolean;
  readonly pictureBlack: boolean;
  readonly pictureFrozen: boolean;
  readonly mainNeverYields: boolean;
  readonly scriptError: boolean;
  /** The firmware is on USB, and answers nothing. */
  readonly firmwareWedged: boolean;
  /** The firmware that runs is not what was written: its version is another one. */
  readonly otherFirmware: boolean;
}

/** Of firmware for STM32: the sensor is there and fails, and USB does not start (openmv-runtime.md 1.2). */
export interface StoppingFirmware {
  readonly sensorStopsFirmware: boolean;
}

export const firmwareTraps: TrapTable<FirmwareTraps> = {
  sensorMissing: [false],
  pictureBlack: [false],
  pictureFrozen: [false],
  mainNeverYields: [false],
  scriptError: [false],
  firmwareWedged: [false],
  otherFirmware: [false],
  pictureDamaged: [false],
  pictureHuge: [false],
  pictureWithheld: [false],
};

export const stoppingFirmware: TrapTable<StoppingFirmware> = { sensorStopsFirmware: [false] };
