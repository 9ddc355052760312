import { type FirmwareTraps, firmwareTraps } from "../../core/openmv_bootloader/firmware_traps.ts";
import { type MemoryTraps, memoryTraps } from "../../core/openmv_bootloader/memory_traps.ts";
import type { TrapTable } from "../../core/common/traps.ts";

/** States and variants of the simulated camera; README.md explains each of them. */
export interface Ae3Traps extends FirmwareTraps, MemoryTraps {
  /** `AE` (FTDI bridge) or `LE` (CH343 bridge). */
  readonly variant: "AE" | "LE";
  /** The part that the chip reports; empty: that of the variant; `blank`: none. */
  readonly part: string;
  /** Root key in the chip: `production`, `development`, or `none`. */
  readonly root: "production" | "development" | "none";
  /** Life-cycle state: 0, 1, 5 or 7. */
  readonly lifeCycle: number;
  /** The table of contents is gone. */
  readonly tableGone: boolean;
  /** The enclave runs an old version of its firmware. */
  readonly oldPackage: boolean;
  /** Both copies of the enclave's firmware are damaged: the chip's ROM answers. */
  readonly enclaveDead: boolean;
  /** The application has put the enclave to sleep. */
  readonly mute: boolean;
  /** The application prints on the enclave's line endlessly. */
  readonly chatter: boolean;
  /** The boot text is followed by a spinner. */
  readonly spinner: boolean;
  /** MRAM_READ is refused. */
  readonly noReadBack: boolean;
  /** Address of a line of MRAM that accepts data and does not keep it; 0: none. */
  readonly lostLine: number;
  /** SET_BAUD_RATE is acknowledged but ignored. */
  readonly baudStuck: boolean;
  /** SET_MAINTENANCE_FLAG is acknowledged but ignored. */
  readonly flagIgnored: boolean;
  /** Milliseconds of silence after which the enclave forgets a torn frame. */
  readonly forget: number;
  /** Memory beside the chip: `flash`, `everspin`, or `everspin-lost`, which accepts no data. */
  readonly memoryChip: "flash" | "everspin" | "everspin-lost";
  /** The recovery switch is on at the start. */
  readonly switchOn: boolean;
  /** Milliseconds that the adapter delays received bytes; 16 is usual for FTDI. */
  readonly adapterLatency: number;
  /** How often the person forgets the switch. */
  readonly switchForgotten: number;
}

export const ae3Traps: TrapTable<Ae3Traps> = {
  ...firmwareTraps,
  ...memoryTraps,
  variant: ["AE", "LE"],
  part: [""],
  root: ["production", "development", "none"],
  lifeCycle: [1, 0, 5, 7],
  tableGone: [false],
  oldPackage: [false],
  enclaveDead: [false],
  mute: [false],
  chatter: [false],
  spinner: [true],
  noReadBack: [false],
  lostLine: [0],
  baudStuck: [false],
  flagIgnored: [false],
  forget: [100],
  memoryChip: ["flash", "everspin", "everspin-lost"],
  switchOn: [false],
  adapterLatency: [0],
  switchForgotten: [0],
};
