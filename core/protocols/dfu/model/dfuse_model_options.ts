import type { Clock } from "../../../common/clock.ts";
import type { FlashMemory } from "../../../common/flash_memory.ts";
import type { DeviceDescriptor } from "../../../transport/usb/descriptors.ts";
import type { UsbSpeed } from "../../../transport/usb/device.ts";

/**
 * Memory that a DfuSe device can reach. `absent`: announced and not fitted. `system`: read only.
 * Writing `otp` is a disaster that is recorded; writing `option` resets the chip.
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

/** What real chips do to hosts (dfu-dfuse.md B3, B4, D1 to D3, F). All off by default. */
export interface DfuSeTraps {
  /** Starts in dfuERROR with errFIRMWARE, as many fresh ROMs do. */
  readonly freshError?: boolean;
  /**
   * Read protection. `errVENDOR`: erase, write and upload fail; `errVENDOR-always`: set address too;
   * `drop`: writes and erases are acknowledged and do nothing (STM32U5), uploads fail.
   */
  readonly readProtection?: "errVENDOR" | "errVENDOR-always" | "drop";
  /** Stalls requests while busy (F0, L4) instead of holding them until done (F4, F7, H7). */
  readonly stallsWhileBusy?: boolean;
  /** CLRSTATUS outside dfuERROR stalls (C5) instead of leading to dfuERROR/errUNKNOWN. */
  readonly clrStatusStalls?: boolean;
  /** Flash that is not fitted reports errTARGET instead of swallowing writes. */
  readonly absentFails?: boolean;
  /** Erases from this address on answer dfuDNBUSY for ever (H743 revision V: 0x08100000). */
  readonly stuckEraseFrom?: number;
  /** Every sector erase takes so much longer, milliseconds. */
  readonly extraEraseMs?: number;
}

/** What happens around the device; called on the model's clock. */
export interface DfuSeHooks {
  /** Leave: the chip disconnects and jumps through the vector table at `address`. */
  leave?(address: number): void;
  /** The chip disconnects and comes back in its ROM (DETACH, option bytes, read unprotect). */
  reenumerate?(): void;
}

export interface DfuSeModelOptions {
  readonly clock: Clock;
  readonly speed?: UsbSpeed;
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
  /** Default 0x08000000. */
  readonly defaultAddress?: number;
  readonly traps?: DfuSeTraps;
  readonly hooks?: DfuSeHooks;
}
