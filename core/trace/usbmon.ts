import type { ErrorKind } from "../common/errors.ts";
import { array, i32, struct, u16, u32, u64, u8, type ValueOf } from "../common/struct.ts";
import { SetupPacket, writeSetup } from "../transport/usb/setup_packet.ts";

/** Packets as Linux's usbmon gives them: 64 bytes before the data (host-systems.md 6.2). */

/** Link type of usbmon packets with a header of 64 bytes. */
export const LINK_USB = 220;

export const SUBMIT = 0x53, COMPLETE = 0x43;
export const INTERRUPT = 1, CONTROL = 2;

/** What stands in a flag where data or SETUP bytes are missing: `-`, `<` (IN submitted), `>` (OUT done). */
const ABSENT = 0x2D, IN_SUBMITTED = 0x3C, OUT_DONE = 0x3E;
/** Flag of URBs that bring data to the host. */
const DIRECTION_IN = 0x200;

export const UsbmonHeader = struct("usbmon header", {
  id: u64,
  type: u8,
  transfer: u8,
  /** Bit 7: to the host. */
  endpoint: u8,
  device: u8,
  bus: u16,
  setupFlag: u8,
  dataFlag: u8,
  seconds: u32,
  secondsHigh: u32,
  microseconds: i32,
  status: i32,
  /** Bytes asked for, then moved. */
  urbLength: u32,
  /** Bytes that follow this header. */
  dataLength: u32,
  setup: SetupPacket,
  intervalAndFrame: array(u32, 2),
  flags: u32,
  isoDescriptors: u32,
});
export type UsbmonHeader = ValueOf<typeof UsbmonHeader>;

/** Status of a URB that is under way (EINPROGRESS). */
export const IN_PROGRESS = -115;

/**
 * Status of a URB by the error with which its transfer ended: what Linux gives libusb. A transfer whose
 * deadline passed was cancelled; the comment tells them apart.
 */
const statuses: { readonly [Kind in ErrorKind]?: number } = {
  stalled: -32,
  disconnected: -19,
  timeout: -2,
  cancelled: -2,
  permission: -13,
  busy: -16,
};
const OTHER = -71;

export const statusOf = (kind: ErrorKind | undefined): number =>
  kind === undefined ? 0 : statuses[kind] ?? OTHER;

/** One half of a transfer: as it is submitted, or as it ends. */
export interface UsbmonEvent {
  readonly id: number;
  readonly isSubmit: boolean;
  readonly transfer: number;
  readonly endpoint: number;
  readonly device: number;
  readonly bus: number;
  readonly status: number;
  readonly urbLength: number;
  /** Only of control transfers that are submitted. */
  readonly setup?: SetupPacket;
}

/** What the header of a packet says besides. */
interface PacketFacts {
  /** Microseconds since 1970. */
  readonly time: number;
  /** Bytes that follow the header; undefined if they were left out. */
  readonly dataLength: number | undefined;
}

/**
 * Writes a header where all bytes are zero: the numbers one by one, since the declared structure takes
 * several times as long, and each transfer has two.
 */
export function writeUsbmon(
  view: DataView,
  at: number,
  event: UsbmonEvent,
  { time, dataLength }: PacketFacts,
): void {
  const { id, isSubmit, endpoint, setup } = event;
  const { offsets } = UsbmonHeader;
  const isIn = (endpoint & 0x80) !== 0;
  const flag = isSubmit === isIn
    ? (isIn ? IN_SUBMITTED : OUT_DONE)
    : dataLength === undefined
    ? ABSENT
    : 0;
  view.setUint32(at + offsets.id, id, true);
  view.setUint32(at + offsets.id + 4, id / 2 ** 32, true);
  view.setUint8(at + offsets.type, isSubmit ? SUBMIT : COMPLETE);
  view.setUint8(at + offsets.transfer, event.transfer);
  view.setUint8(at + offsets.endpoint, endpoint);
  view.setUint8(at + offsets.device, event.device);
  view.setUint16(at + offsets.bus, event.bus, true);
  view.setUint8(at + offsets.dataFlag, flag);
  view.setUint32(at + offsets.seconds, time / 1e6, true);
  view.setInt32(at + offsets.microseconds, time % 1e6, true);
  view.setInt32(at + offsets.status, event.status, true);
  view.setUint32(at + offsets.urbLength, event.urbLength, true);
  if (flag === 0) view.setUint32(at + offsets.dataLength, dataLength!, true);
  if (isIn) view.setUint32(at + offsets.flags, DIRECTION_IN, true);
  if (!setup) {
    view.setUint8(at + offsets.setupFlag, ABSENT);
    return;
  }
  writeSetup(view, at + offsets.setup, setup);
}

/** Reads a packet; undefined if it is shorter than its header. */
export function decodeUsbmon(
  packet: Uint8Array,
): UsbmonEvent & { readonly time: number; readonly data: Uint8Array } | undefined {
  const head = UsbmonHeader.tryDecode(packet);
  if (!head) return undefined;
  const { id, type, transfer, endpoint, device, bus, status, urbLength } = head;
  return {
    id: Number(id),
    isSubmit: type === SUBMIT,
    transfer,
    endpoint,
    device,
    bus,
    time: (head.secondsHigh * 2 ** 32 + head.seconds) * 1e6 + head.microseconds,
    status,
    urbLength,
    ...(head.setupFlag === 0 && { setup: head.setup }),
    data: packet.subarray(UsbmonHeader.size, UsbmonHeader.size + head.dataLength),
  };
}
