import { DfuRequest, DfuState } from "../../protocols/dfu/packets/request.ts";
import { StatusRecord } from "../../protocols/dfu/packets/status_record.ts";
import type { TracedTransfer, TraceEntry } from "../read_trace.ts";
import { hasDfu, TracedDevices, type TracedUsbDevice } from "../traced_devices.ts";

/** A block that a DFU device took, and how long it worked on it. */
export interface DfuWork {
  readonly device: TracedUsbDevice;
  /** Name of the alternate setting; undefined if the trace does not tell. */
  readonly partition?: string;
  readonly block: number;
  readonly sent: Uint8Array;
  readonly ms: number;
}

const SET_INTERFACE = 11, GET_DESCRIPTOR = 6, STRING = 3;

/** What is known about the device at an address. */
interface Known {
  readonly strings: Map<number, string>;
  alternate: number;
  under?: TracedTransfer;
}

/** Returns the blocks that were sent to DFU devices, each until the first status that is not busy. */
export function dfuWork(entries: readonly TraceEntry[]): DfuWork[] {
  const devices = new TracedDevices();
  const places = new Map<TracedUsbDevice["descriptor"], Known>();
  const found: DfuWork[] = [];
  for (const entry of entries) {
    const device = devices.next(entry);
    if (!device || entry.type !== "transfer" || !entry.setup) continue;
    const { descriptor } = device;
    const known = places.get(descriptor) ?? { strings: new Map(), alternate: 0 };
    places.set(descriptor, known);
    if ((entry.setup.bmRequestType & 0x60) === 0) learn(known, entry);
    else if (hasDfu(device, entry.setup.wIndex & 0xff)) {
      const work = worked(known, entry);
      if (work) found.push({ device, partition: partitionOf(device, known), ...work });
    }
  }
  return found;
}

function learn(known: Known, { setup, received }: TracedTransfer): void {
  const { bRequest, wValue } = setup!;
  if (bRequest === SET_INTERFACE) known.alternate = wValue;
  if (bRequest === GET_DESCRIPTOR && wValue >> 8 === STRING && received.length > 2) {
    known.strings.set(wValue & 0xff, stringIn(received));
  }
}

/** The text of a string descriptor. */
export const stringIn = (bytes: Uint8Array) =>
  new TextDecoder("utf-16le").decode(bytes.subarray(2, bytes[0]));

function worked(
  known: Known,
  transfer: TracedTransfer,
): Pick<DfuWork, "block" | "sent" | "ms"> | undefined {
  const { setup, received, status, ended } = transfer;
  if (setup!.bRequest === DfuRequest.DNLOAD) {
    known.under = status === 0 && setup!.wLength > 0 ? transfer : undefined;
    return undefined;
  }
  const { under } = known;
  if (setup!.bRequest !== DfuRequest.GETSTATUS || !under || ended === undefined) return undefined;
  const answer = status === 0 ? StatusRecord.tryDecode(received) : undefined;
  if (answer?.bStatus === 0 && answer.bState === DfuState.dfuDNBUSY) return undefined;
  known.under = undefined;
  if (answer?.bStatus !== 0) return undefined;
  return { block: under.setup!.wValue, sent: under.sent, ms: (ended - under.ended!) / 1000 };
}

function partitionOf(
  { configuration }: TracedUsbDevice,
  { strings, alternate }: Known,
): string | undefined {
  const setting = configuration?.interfaces.find((one) => one.bAlternateSetting === alternate);
  return setting && strings.get(setting.iInterface);
}
