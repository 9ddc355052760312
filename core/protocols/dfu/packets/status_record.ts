import { struct, u24, u8, type ValueOf } from "../../../common/struct.ts";

/** The answer to GETSTATUS, 6 bytes (dfu-dfuse.md A2). */
export const StatusRecord = struct("answer to GETSTATUS", {
  bStatus: u8,
  /** Milliseconds to wait before the next GETSTATUS. */
  bwPollTimeout: u24,
  /** The state that the device enters right after this answer. */
  bState: u8,
  /** Index of a string that describes a vendor's error; 0 = none. */
  iString: u8,
});
export type StatusRecord = ValueOf<typeof StatusRecord>;
