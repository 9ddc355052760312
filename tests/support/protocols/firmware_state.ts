import type { FirmwareState } from "../../../core/protocols/openmv_debug/model/script_machine.ts";

/** Firmware that works and sees. */
export const healthyFirmware: FirmwareState = {
  version: "5.0.0",
  arch: "OMV4 H7 1024",
  id: "AB",
  sensorMissing: false,
  pictureBlack: false,
  pictureFrozen: false,
  pictureDamaged: false,
  pictureHuge: false,
  pictureWithheld: false,
  mainNeverYields: false,
  scriptError: false,
  firmwareWedged: false,
};
