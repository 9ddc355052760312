import type { Clock } from "../../../common/clock.ts";
import type { FlashMemory } from "../../../common/flash_memory.ts";
import type { DeviceDescriptor } from "../../../transport/usb/descriptors.ts";

/**
 * Memory that a DfuSe device can reach. `absent`: announced but not fitted. `system`: read only.
 * Writing `otp` is recorded as a forbidden operation; writing `option` resets the chip.
 */
export interface DfuSeRegion {
  readonly kind: "flash" | "ram" | "option" | "otp" | "feature" | "system" | "absent";
  readonly memory: FlashMemory;
}

/** bwPollTimeout in dfuDNBUSY, milliseconds (dfu-dfuse.md B7). */
export interface DfuSePolls {
  readonly address: number;
  readonly erase: number;
  readonly write: number;
}

/** Problems of real chips (dfu-dfuse.md B3, B4, D1 to D3, F). All are off by default. */
export interface DfuSeTraps {
  /** UPLOAD of any byte of it fails with errVENDOR (inferred: no chip is known that does this). */
  readonly unreadable?: { readonly address: number; readonly size: number };
  /** Starts in dfuERROR with errFIRMWARE, as many fresh ROMs do. */
  readonly freshError?: boolean;
  /**
   * Read protection. `errVENDOR`: erase, write and upload fail; `errVENDOR-always`: set address
   * too; `drop`: writes and erases are acknowledged but do nothing (STM32U5), and uploads fail.
   */
  readonly readProtection?: "errVENDOR" | "errVENDOR-always" | "drop";
  /** Stalls requests while busy (F0, L4) instead of holding them until done (F4, F7, H7). */
  readonly stallsWhileBusy?: boolean;
  /** Answers requests while busy, as DFU 1.1 expects (inferred: no ROM is known that does this). */
  readonly answersWhileBusy?: boolean;
  /** CLRSTATUS outside dfuERROR stalls (C5) instead of leading to dfuERROR/errUNKNOWN. */
  readonly clrStatusStalls?: boolean;
  /** Flash that is not fitted reports errTARGET instead of silently ignoring writes. */
  readonly absentFails?: boolean;
  /** Erases from this address on answer dfuDNBUSY forever (H743 revision V: 0x08100000). */
  readonly stuckEraseFrom?: number;
  /** Extra time of every sector erase, milliseconds. */
  readonly extraEraseMs?: number;
}

/** Callbacks to the surroundings of the device, on the model's clock. */
export interface DfuSeHooks {
  /** Called at leave: the chip disconnects and starts through the vector table at `address`. */
  leave?(address: number): void;
  /**
   * Called when the chip disconnects and returns in its ROM (DETACH, option bytes, read unprotect).
   */
  reenumerate?(): void;
}

export interface DfuSeModelOptions {
  readonly clock: Clock;
  readonly device:
    & Pick<DeviceDescriptor, "idVendor" | "idProduct" | "bcdUSB" | "bcdDevice">
    & Partial<DeviceDescriptor>;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** Names of the alternate settings, in order; a name as bytes is a raw string descriptor. */
  readonly alternates: readonly (string | Uint8Array)[];
  /** iInterface of alternate setting 0, default 4. */
  readonly firstString?: number;
  /** iConfiguration, default 0. */
  readonly iConfiguration?: number;
  /** wTransferSize, bytes. */
  readonly transferSize: number;
  readonly regions: readonly DfuSeRegion[];
  readonly polls: DfuSePolls;
  /** The erase runs before the first GETSTATUS is answered (H743, dfu-dfuse.md B7). */
  readonly erasesInFirstStatus?: boolean;
  readonly traps?: DfuSeTraps;
  readonly hooks?: DfuSeHooks;
}
