/** Command codes of the ISP protocol (alif-isp.md B.3). */
export const Command = {
  START_ISP: 0x00,
  STOP_ISP: 0x01,
  DOWNLOAD_DATA: 0x04,
  DOWNLOAD_DONE: 0x05,
  BURN_MRAM: 0x08,
  RESET_DEVICE: 0x09,
  /** Device to host: text, at any time. */
  PRINT_DATA: 0x0C,
  /** The ROM of the enclave (SEROM) only. */
  MRAM_WRITE: 0x0D,
  ENQUIRY: 0x0F,
  GET_BAUD_RATE: 0x10,
  SET_BAUD_RATE: 0x11,
  VERIFY_IMAGE: 0x12,
  GET: 0x14,
  ERASE_MRAM: 0x15,
  SET_MAINTENANCE_FLAG: 0x16,
  OTP_READ: 0x17,
  MRAM_READ: 0x19,
  SET: 0x1A,
  DATA_RESPONSE: 0xFD,
  ACK: 0xFE,
  NAK: 0xFF,
} as const;

/** Sub-codes of GET (alif-isp.md B.5). */
export const Get = {
  TOC_INFO: 0x01,
  REVISION: 0x02,
  BANNER: 0x04,
  CPU_STATUS: 0x05,
  MRAM_CONTENTS: 0x06,
  LOG_BUFFER_INFO: 0x08,
  LOG_DATA: 0x09,
} as const;

/** Data bytes of a full DOWNLOAD_DATA frame (alif-isp.md C.4). */
export const DATA_SIZE = 240;
/** Two bytes before the data of each DOWNLOAD_DATA. */
export const DATA_MARK = [0x55, 0x55] as const;
/** Images up to one frame go in frames of a line each (alif-isp.md C.4). */
export const LINE_SIZE = 16;

/** Default rate of Fusion parts, E3 among them (alif-isp.md A.2). */
export const DEFAULT_BAUD = 55_000;
/** Rate for bulk data; only SES can switch to it. */
export const BULK_BAUD = 921_600;

const names = new Map<number, string>(
  Object.entries(Command).map(([name, code]) => [code, name]),
);

export function commandName(code: number): string {
  return names.get(code) ?? `command 0x${code.toString(16).padStart(2, "0").toUpperCase()}`;
}
