import type { Clock } from "../common/clock.ts";
import {
  type DebugModelOptions,
  DebugPortModel,
} from "../protocols/openmv_debug/model/debug_port_model.ts";
import type { PreviewFaults } from "../protocols/openmv_debug/model/preview_model.ts";
import { releaseNumbers } from "../image/set_version.ts";
import type { SimulationOptions } from "../family/family.ts";
import type { TrapTable } from "../common/traps.ts";
import { CdcFunction } from "../transport/serial/cdc_function.ts";
import type { UsbSpeed } from "../transport/usb/device.ts";
import { OPENMV_VENDOR_ID } from "./identity.ts";

export interface FirmwareModelOptions {
  readonly clock: Clock;
  /** Default OpenMV. */
  readonly vendorId?: number;
  readonly productId: number;
  readonly product: string;
  readonly serial?: string;
  readonly speed: UsbSpeed;
  /** The protocol on its serial port; default V2. */
  readonly protocol?: DebugModelOptions["protocol"];
  /** What it knows of itself and sees; left out: it only resets. */
  readonly firmware?: DebugModelOptions["firmware"];
  /** Default false: only Arduino boards react to 1200 baud. */
  readonly touch?: boolean;
  /** Called when it resets itself after a command: its power stays on. */
  reset(into: "bootloader" | "firmware"): void;
}

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

/** The version that simulated firmware has: that of the set it is from. */
export function simulatedVersion(
  { plannedImages, images }: Pick<SimulationOptions, "plannedImages" | "images">,
  otherwise = "5.0.0",
): string {
  const versions = [plannedImages, images].map((set) =>
    releaseNumbers(set?.all.find(({ role }) => role.startsWith("firmware"))?.version)
  );
  return versions.find((one) => one !== undefined) ?? otherwise;
}

/** A version that no set has. */
const OTHER_VERSION = "4.5.9";

/** Time from the command to the reset, milliseconds (inferred). */
const RESET_MS = 5;

/** A camera with running firmware: a serial port with the debug protocol. */
export class RunningFirmwareModel extends CdcFunction {
  constructor(options: FirmwareModelOptions) {
    const { clock, vendorId = OPENMV_VENDOR_ID, touch, firmware } = options;
    const protocol = firmware?.firmwareWedged ? "silent" : options.protocol ?? "V2";
    const power = new AbortController();
    const debug = new DebugPortModel({
      clock,
      protocol,
      firmware: firmware?.otherFirmware ? { ...firmware, version: OTHER_VERSION } : firmware,
      touch,
      send: (bytes) => this.send(bytes),
      reset: (into) => {
        clock.sleep(RESET_MS, power.signal).then(() => options.reset(into), () => {});
      },
    });
    super({ ...options, vendorId, manufacturer: "OpenMV" }, {
      set: (line) => debug.set(line),
      receive: (bytes) => debug.receive(bytes),
      detached: () => {
        power.abort();
        debug.off();
      },
    });
  }
}
