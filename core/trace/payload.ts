import { struct, u16, u8 } from "../common/struct.ts";
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

/** Reports with commands and answers. */
const COMMAND_REPORTS = [1, 3];

/** Report id, padding and length before the content of a report (imxrt-sdp-flashloader.md B2). */
const ReportHead = struct("report head", { id: u8, padding: u8, length: u16 });

const NOTHING = new Uint8Array();

/** The parts of a payload: what says what it is, the content, and what means nothing. */
export interface PayloadParts {
  readonly head: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Returns the parts of a payload. Behind the content of a report a loader may send what its buffer held
 * before.
 */
export function partsOf({ data, setup, isSerial }: Payload): PayloadParts {
  const report = setup || isSerial ? undefined : ReportHead.tryDecode(data);
  const end = report && Math.min(ReportHead.size + report.length, data.length);
  return report && DATA_REPORTS.includes(report.id)
    ? { head: data.subarray(0, ReportHead.size), content: data.subarray(ReportHead.size, end) }
    : report && COMMAND_REPORTS.includes(report.id)
    ? { head: data.subarray(0, end), content: data.subarray(end) }
    : { head: NOTHING, content: data };
}

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
