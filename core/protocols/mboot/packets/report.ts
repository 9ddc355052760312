import { padding, struct, u16, u8 } from "../../../common/struct.ts";

/** HID reports that carry the packets (imxrt-sdp-flashloader.md B2). */
export const Report = {
  COMMAND_OUT: 1,
  DATA_OUT: 2,
  COMMAND_IN: 3,
  DATA_IN: 4,
} as const;

/** USB ids of the RT1062 loaders, both flashloader and SBL (B1). */
export const LOADER_VENDOR_ID = 0x15a2, LOADER_PRODUCT_ID = 0x0073;

/** The one interface and its two interrupt endpoints (B1). */
export const MBOOT_INTERFACE = 0;
export const MBOOT_ENDPOINT_IN = 0x81, MBOOT_ENDPOINT_OUT = 0x02;

/** The first 4 bytes of a report. */
export const ReportHead = struct("mboot report", {
  id: u8,
  padding: padding(1),
  /** Bytes of the payload. */
  length: u16,
});

/** The content of a report. */
export interface ReportContent {
  readonly id: number;
  /** If empty, the sender aborts the data phase. */
  readonly payload: Uint8Array;
}

/** Encodes a report with its payload, and zeros after it up to `size` bytes. */
export function encodeReport(
  id: number,
  payload: Uint8Array,
  size: number = ReportHead.size + payload.length,
): Uint8Array {
  const report = new Uint8Array(size);
  ReportHead.write(report, 0, { id, length: payload.length });
  report.set(payload, ReportHead.size);
  return report;
}

/** Reads a report; undefined if it is shorter than it claims. Bytes after the payload are stale. */
export function decodeReport(bytes: Uint8Array): ReportContent | undefined {
  const head = ReportHead.tryDecode(bytes);
  const end = ReportHead.size + (head?.length ?? 0);
  if (!head || bytes.length < end) return undefined;
  return { id: head.id, payload: bytes.slice(ReportHead.size, end) };
}
