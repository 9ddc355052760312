import type { SetupPacket } from "../transport/usb/setup_packet.ts";

/** The bytes that a packet of a trace carries. */
export interface Payload {
  readonly data: Uint8Array;
  readonly isSent: boolean;
  /** Id of the step that was under way. */
  readonly step?: string;
  /** Of a control transfer, without its length. */
  readonly setup?: Omit<SetupPacket, "wLength">;
  /** True on a serial line. */
  readonly isSerial: boolean;
}

/** Longer ones are bulk data; others are commands and answers, or the end of some data. Bytes. */
const SHORT = 64;
/** Nobody's data fits into so few bytes. */
const TINY = 8;

/** DNLOAD and UPLOAD of DFU (dfu-dfuse.md A2). */
const TRANSFERS = [1, 2];
/** Reports with data, of NXP's loader (imxrt-sdp-flashloader.md B2). */
const DATA_REPORTS = [2, 4];

export const isBulk = ({ data }: Payload): boolean => data.length > SHORT;

/** True for bulk data, and for a short rest of it; false for commands, states and names. */
export function isContent(payload: Payload): boolean {
  const { data, setup, isSerial } = payload;
  if (setup && (setup.bmRequestType & 0x60) === 0) return false;
  // An answer of few bytes, filled up with zeros.
  if (data.length <= SHORT + 1 && data.every((byte, at) => at < TINY || byte === 0)) return false;
  if (isBulk(payload)) return true;
  if (isSerial) return false;
  return setup
    ? TRANSFERS.includes(setup.bRequest) && setup.wValue > 0
    : DATA_REPORTS.includes(data[0]);
}
