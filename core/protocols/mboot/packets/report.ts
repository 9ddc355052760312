/** HID reports that carry the packets (imxrt-sdp-flashloader.md B2). */
export const Report = {
  COMMAND_OUT: 1,
  DATA_OUT: 2,
  COMMAND_IN: 3,
  DATA_IN: 4,
} as const;

/** The one interface and its two interrupt endpoints (B1). */
export const MBOOT_INTERFACE = 0;
export const MBOOT_ENDPOINT_IN = 0x81, MBOOT_ENDPOINT_OUT = 0x02;

/** Report id, a zero byte, and the payload length as 16 bits little-endian. */
export const REPORT_HEADER = 4;

/** What a report carries. */
export interface ReportContent {
  readonly id: number;
  /** No bytes: the sender aborts the data phase. */
  readonly payload: Uint8Array;
}

/** A report with its payload and nothing behind it. */
export function encodeReport(id: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(REPORT_HEADER + payload.length);
  bytes.set([id, 0, payload.length & 0xff, payload.length >> 8]);
  bytes.set(payload, REPORT_HEADER);
  return bytes;
}

/** Reads a report; undefined if it is shorter than it says. What stands behind the payload is stale. */
export function decodeReport(bytes: Uint8Array): ReportContent | undefined {
  if (bytes.length < REPORT_HEADER) return undefined;
  const length = bytes[2] | bytes[3] << 8;
  if (bytes.length < REPORT_HEADER + length) return undefined;
  return { id: bytes[0], payload: bytes.slice(REPORT_HEADER, REPORT_HEADER + length) };
}
