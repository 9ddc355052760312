import type { Words } from "../common/text.ts";

/** Ids of a USB device. */
export interface FieldDevice {
  readonly vendorId: number;
  readonly productId: number;
}

/** Times that a trace shows, in milliseconds. */
export type TimeWatch =
  /** How long a DfuSe device erases a sector whose address is in the range. */
  | {
    readonly of: "dfuse-erase";
    readonly device: FieldDevice;
    readonly from: number;
    readonly to: number;
  }
  /**
   * How long a DFU device works on a block of a partition: one that begins a sector, and so erases it, or
   * one that is only programmed. Sectors count from `from`, an offset in the partition, in bytes.
   */
  | {
    readonly of: "dfu-block";
    readonly device: FieldDevice;
    readonly partition: string;
    readonly from?: number;
    readonly sector: number;
    readonly erases: boolean;
  }
  /** How long an i.MX loader erases so many bytes, of whatever it was told to erase. */
  | { readonly of: "erase-region"; readonly bytes: number }
  /** How long a device stays on the bus if nothing is asked of it but its descriptors. */
  | { readonly of: "stay"; readonly device: FieldDevice }
  /** From one device leaving the bus to the next one arriving on its port. */
  | { readonly of: "change"; readonly from: FieldDevice; readonly to: FieldDevice };

/** Values that a trace shows. */
export type ValueWatch =
  /**
   * `transfer-size`: wTransferSize of its DFU interface, bytes. `alternates`: names of its alternate
   * settings, in order, with `, ` between them. `manufacturer`, `product`: its strings.
   */
  | {
    readonly of: "transfer-size" | "alternates" | "manufacturer" | "product";
    readonly device: FieldDevice;
    /** How the product string of the device begins, where several have the same ids. */
    readonly named?: string;
  }
  /** `full`, `high` */
  | { readonly of: "speed"; readonly device: FieldDevice }
  /** The first answer to a command of the Secure Enclave, and its payload: `ACK, 0 bytes`. */
  | { readonly of: "enclave-answer"; readonly to: number };

/**
 * Something about a camera that is inferred, or known from documents only, and that the trace of a real
 * one can judge (`unbrick fieldtest`).
 */
export type FieldFact =
  & {
    /** Unique in its family: `rom-erase`. */
    readonly id: string;
    /** "Erase of 128 KiB by the ROM" */
    readonly title: Words;
    /** Fact sheet and section. */
    readonly source: string;
  }
  & (
    // What the simulated camera takes, in milliseconds.
    | { readonly watch: TimeWatch; readonly modelMs: number }
    // What the simulated camera has.
    | { readonly watch: ValueWatch; readonly model: string | number }
  );
