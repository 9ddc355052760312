/**
 * The four HID reports of the ROM (imxrt-sdp-flashloader.md A1). OUT reports travel as SET_REPORT
 * control transfers, because the ROM has no OUT endpoint; IN reports come from endpoint 0x81.
 */
export const Report = {
  /** OUT, 16 bytes: a command. */
  COMMAND: 1,
  /** OUT, 1024 bytes: data of WRITE_FILE, DCD_WRITE and WRITE_CSF. */
  DATA: 2,
  /** IN, 4 bytes: HAB mode. */
  HAB_MODE: 3,
  /** IN, 64 bytes: status word or register data. */
  STATUS: 4,
} as const;

/** Payload bytes of each report, without its id byte. */
export const reportPayload = { 1: 16, 2: 1024, 3: 4, 4: 64 } as const;

/** USB ids of the ROM of an i.MX RT1060 (A1). */
export const ROM_VENDOR_ID = 0x1fc9, ROM_PRODUCT_ID = 0x0135;

/** The one interface and its interrupt endpoint (A1). */
export const SDP_INTERFACE = 0;
export const SDP_ENDPOINT_IN = 0x81;

/** HID class request SET_REPORT; wValue = report type (2 = output) and report id. */
export const SET_REPORT = { bmRequestType: 0x21, bRequest: 0x09, type: 0x0200 } as const;

/** Encodes a report: id, then the payload padded with zeros to its full size. */
export function encodeReport(id: 1 | 2, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + reportPayload[id]);
  bytes[0] = id;
  bytes.set(payload, 1);
  return bytes;
}
