import type { DfuSeTraps } from "../../core/protocols/dfu/model/dfuse_model_options.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** Chip traps and variants of the simulated camera; README.md tells what each is for. */
export interface Stm32Traps {
  /** The ROM starts in dfuERROR, as real ones do. */
  readonly freshError: boolean;
  /** Read protection of the chip: empty, or how the ROM answers then. */
  readonly readProtection: "" | NonNullable<DfuSeTraps["readProtection"]>;
  /** The sectors of the bootloader are write-protected; the ROM says nothing of it. */
  readonly writeProtected: boolean;
  /** H743 only. */
  readonly revision: "V" | "Y";
  /** The bootloader at the start is one of firmware 4.6: no ROMFS0, no version, DETACH ignored. */
  readonly oldBootloader: boolean;
  /** The camera was sent into its bootloader by its firmware: no limit of 1.5 s. */
  readonly forced: boolean;
  /** What the firmware answers on its serial port. */
  readonly protocol: "V1" | "V2" | "silent";
  /** Nothing in flash names the board. */
  readonly anonymous: boolean;
  /** Id of the board whose bootloader and firmware the camera holds, after somebody's mistake. */
  readonly holds: string;
  /** Unique id of the chip: 12 bytes as 24 hexadecimal digits, as they stand in memory. */
  readonly uid: string;
}

export const stm32Traps: TrapTable<Stm32Traps> = {
  freshError: [true],
  readProtection: ["", "errVENDOR", "errVENDOR-always", "drop"],
  writeProtected: [false],
  revision: ["V", "Y"],
  oldBootloader: [false],
  forced: [false],
  protocol: ["V2", "V1", "silent"],
  anonymous: [false],
  holds: [""],
  uid: ["2d003a000b51333835333231"],
};
