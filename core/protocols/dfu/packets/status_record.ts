import { UnbrickError } from "../../../common/errors.ts";

/** The answer to GETSTATUS: 6 bytes (dfu-dfuse.md A2). */
export interface StatusRecord {
  readonly bStatus: number;
  /** Milliseconds to wait before the next GETSTATUS, 0 to 0xFFFFFF. */
  readonly bwPollTimeout: number;
  /** The state the device enters right after this answer. */
  readonly bState: number;
  /** Index of a string that describes a vendor's error; 0 = none. */
  readonly iString: number;
}

/** Reads a status record. @throws UnbrickError `protocol` if fewer than 6 bytes arrived. */
export function parseStatusRecord(bytes: Uint8Array): StatusRecord {
  if (bytes.length < 6) {
    throw new UnbrickError(
      "protocol",
      `The camera answered GETSTATUS with ${bytes.length} bytes instead of 6.`,
      { length: bytes.length },
    );
  }
  return {
    bStatus: bytes[0],
    bwPollTimeout: bytes[1] | bytes[2] << 8 | bytes[3] << 16,
    bState: bytes[4],
    iString: bytes[5],
  };
}

/** The 6 bytes of a status record. */
export function encodeStatusRecord(record: StatusRecord): Uint8Array {
  const { bStatus, bwPollTimeout: poll, bState, iString } = record;
  return Uint8Array.of(bStatus, poll & 0xff, poll >> 8 & 0xff, poll >> 16, bState, iString);
}
