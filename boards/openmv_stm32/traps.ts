import {
  type FirmwareTraps,
  firmwareTraps,
  type StoppingFirmware,
  stoppingFirmware,
} from "../../core/openmv_bootloader/firmware_traps.ts";
import type { DfuSeTraps } from "../../core/protocols/dfu/model/dfuse_model_options.ts";
import { type MemoryTraps, memoryTraps } from "../../core/openmv_bootloader/memory_traps.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** Traps and variants of the simulated camera; README.md explains each of them. */
export interface Stm32Traps extends FirmwareTraps, StoppingFirmware, MemoryTraps {
  /** The ROM starts in dfuERROR, as real ones do. */
  readonly freshError: boolean;
  /** Read protection of the chip: empty, or how the ROM answers with it. */
  readonly readProtection: "" | NonNullable<DfuSeTraps["readProtection"]>;
  /** The sectors of the bootloader are write-protected; the ROM does not report it. */
  readonly writeProtected: boolean;
  /** H743 only. */
  readonly revision: "V" | "Y";
  /** The camera has a bootloader of firmware 4.6: no ROMFS0, no version, DETACH ignored. */
  readonly oldBootloader: boolean;
  /** The firmware sent the camera into its bootloader: no limit of 1.5 s. */
  readonly forced: boolean;
  /** How the firmware answers on its serial port. */
  readonly protocol: "V1" | "V2" | "silent";
  /** A bootloader or firmware that is damaged behind its vector table starts all the same. */
  readonly startsDamaged: boolean;
  /** Nothing in flash names the board. */
  readonly anonymous: boolean;
  /** Id of the board whose bootloader and firmware the camera contains by mistake. */
  readonly holds: string;
  /** Unique id of the chip: 12 bytes as 24 hexadecimal digits, in the order of memory. */
  readonly uid: string;
}

export const stm32Traps: TrapTable<Stm32Traps> = {
  ...firmwareTraps,
  ...memoryTraps,
  ...stoppingFirmware,
  freshError: [true],
  readProtection: ["", "errVENDOR", "errVENDOR-always", "drop"],
  writeProtected: [false],
  revision: ["V", "Y"],
  oldBootloader: [false],
  forced: [false],
  protocol: ["V2", "V1", "silent"],
  startsDamaged: [false],
  anonymous: [false],
  holds: [""],
  uid: ["2d003a000b51333835333231"],
};
