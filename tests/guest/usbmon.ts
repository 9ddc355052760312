import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { concat } from "../../core/common/bytes.ts";
import { BY_THE_SYSTEM } from "../../core/trace/trace.ts";
import { readPcapng } from "../../core/trace/pcapng.ts";
import { readTrace } from "../../core/trace/read_trace.ts";
import { CONTROL, decodeUsbmon, LINK_USB, UsbmonHeader } from "../../core/trace/usbmon.ts";
import { SetupPacket } from "../../core/transport/usb/setup_packet.ts";
import type { Guest } from "./guest.ts";
import { outcomeText, type UnbrickRun } from "./unbrick_run.ts";

/** Compares the trace of a run with what the guest's kernel saw of the same run (host-systems.md 6.2). */

const TRACE = "/tmp/trace.pcapng";
const CAPTURE = "/tmp/usbmon.bin";
/** What `read` of /dev/usbmon0 gives before the data: the first 48 bytes of the header. */
const SHORT_HEADER = 48;
const BULK = 3;
/** Class request of the kernel's HID driver when it takes an interface. */
const SET_IDLE = "210a";

/** Half a transfer. */
interface Half {
  readonly place: string;
  readonly isSubmit: boolean;
  /** Bit 7: to the host. */
  readonly endpoint: number;
  /** First two bytes of SETUP as hexadecimal digits; empty if the packet has none. */
  readonly request: string;
  readonly transfer: number;
  readonly id: number;
  readonly data: Uint8Array;
  /** Everything that is compared, as text. */
  readonly compared: string;
}

/** Both accounts of a run. */
export interface Accounts {
  /** pcapng */
  readonly trace: Uint8Array;
  /** Packets of usbmon, one after the other. */
  readonly kernel: Uint8Array;
}

/** Runs unbrick in the guest with the option that writes TRACE. It must end with exit code 0. */
export async function besideUsbmon(
  guest: Guest,
  unbrick: (option: string) => Promise<UnbrickRun>,
): Promise<Accounts> {
  await guest.run(`rm -f ${TRACE}; cat /dev/usbmon0 >${CAPTURE} & echo $! >/tmp/usbmon.pid`);
  try {
    const run = await unbrick(`--trace ${TRACE}`);
    assert.equal(run.code, 0, outcomeText(run));
  } finally {
    await guest.run("sleep 1; kill $(cat /tmp/usbmon.pid)");
  }
  const file = async (path: string) => (await guest.run(`cat ${path}`)).bytes;
  return { trace: await file(TRACE), kernel: await file(CAPTURE) };
}

/**
 * Compares the transfers of a trace with the kernel's, in order, on each device that unbrick asked more
 * than its descriptors. Two endpoints may complete at the same moment, and unbrick learns of them one
 * after the other. Compared are, of each submission and each completion: kind of transfer, endpoint,
 * bus, device, SETUP, status, the length of the URB and all data. Not compared are the id of the URB, the
 * time, and the fields that libusb does not tell (flags, interval; which of two statuses a URB has that
 * was cancelled, or whose device is gone). What only the kernel has must be a
 * standard request or SET_IDLE: those it sends by itself.
 * @returns how many halves are the same
 */
export function assertSameTransfers({ trace, kernel }: Accounts): number {
  const ours = [...halvesOfTrace(trace)];
  const asked = new Set(
    ours.filter((one) => !isOfTheSystem(one) && one.isSubmit).map(({ place }) => place),
  );
  const wanted = ours.filter(({ place }) => asked.has(place));
  const lanes = Map.groupBy(wanted, laneOf);
  const bySystem = new Set<number>();
  let count = 0;
  for (const half of halvesOfUsbmon(kernel)) {
    if (!asked.has(half.place)) continue;
    const lane = lanes.get(laneOf(half)) ?? [];
    const [next] = lane;
    if (half.compared === next?.compared && !bySystem.has(half.id)) {
      lane.shift();
      count++;
    } else if (isOfTheSystem(half) || bySystem.has(half.id)) {
      if (half.isSubmit) bySystem.add(half.id);
      else bySystem.delete(half.id);
    } else {
      assert.fail(
        `at ${count} of ${wanted.length}\nkernel ${half.compared}\ntrace  ${
          next?.compared ?? "has nothing more"
        }`,
      );
    }
  }
  const left = wanted.length - count;
  assert.equal(
    left,
    0,
    `the kernel does not have ${left}: ${[...lanes.values()].flat()[0]?.compared}`,
  );
  return count;
}

/** All submissions keep their order, and the completions of each endpoint. */
const laneOf = ({ isSubmit, place, endpoint }: Half) =>
  isSubmit ? "submissions" : `${place}, ${endpoint}`;

/** Bytes of a run that may have come before the program opened its port, or discarded its input. */
const MOST_DISCARDED = 256;

/**
 * Compares the bytes of the serial lines of a trace with those that the kernel's driver moved over bulk
 * endpoints: all that were sent, and all that were received, in order. Where the program discards what
 * it has not read, the kernel may have received more.
 * @returns how many bytes are the same
 */
export function assertSameBytes({ trace, kernel }: Accounts): number {
  const bulk = [...halvesOfUsbmon(kernel)].filter(({ transfer }) => transfer === BULK);
  const moved = (isSubmit: boolean) =>
    concat(bulk.filter((one) => one.isSubmit === isSubmit).map(({ data }) => data));
  const sent: Uint8Array[] = [], received: Uint8Array[][] = [[]];
  for (const entry of readTrace(trace, TRACE)) {
    if (entry.type === "note" && discards.includes(String(entry.facts.call))) received.push([]);
    if (entry.type !== "serial") continue;
    if (entry.direction === "sent") sent.push(entry.bytes);
    else received.at(-1)!.push(entry.bytes);
  }
  assert.equal(concat(sent).toHex(), moved(true).toHex());
  const kernels = Buffer.from(moved(false));
  let at = 0, discarded = 0;
  for (const [number, piece] of received.map(concat).entries()) {
    const from = kernels.indexOf(piece, at);
    const hex = (bytes: Uint8Array) => bytes.slice(0, 16).toHex();
    const place = `after ${number} discards, byte ${at}`;
    assert.ok(
      from >= 0,
      `${place}: trace ${hex(piece)}, kernel ${hex(kernels.subarray(at))}`,
    );
    if (piece.length === 0) continue;
    discarded += from - at;
    at = from + piece.length;
  }
  discarded += kernels.length - at;
  assert.ok(discarded <= MOST_DISCARDED, `the kernel has ${discarded} bytes more`);
  return concat(sent).length + kernels.length - discarded;
}

const discards = ["open", "discardInput"];

/** True for what the kernel may send by itself. */
const isOfTheSystem = ({ request }: Half) =>
  request !== "" && (Number.parseInt(request.slice(0, 2), 16) & 0x60) === 0 || request === SET_IDLE;

function* halvesOfTrace(bytes: Uint8Array): Generator<Half> {
  const linkTypes: number[] = [];
  for (const block of readPcapng(bytes)) {
    if ("interface" in block) linkTypes.push(block.interface.linkType);
    else if (
      linkTypes[block.packet.interface] === LINK_USB &&
      !block.packet.comments.includes(BY_THE_SYSTEM)
    ) yield halfOf(block.packet.data);
  }
}

function* halvesOfUsbmon(bytes: Uint8Array): Generator<Half> {
  const rest = new Uint8Array(UsbmonHeader.size - SHORT_HEADER);
  for (let at = 0; at + SHORT_HEADER <= bytes.length;) {
    const head = concat([bytes.subarray(at, at + SHORT_HEADER), rest]);
    const { dataLength } = UsbmonHeader.decode(head);
    const end = at + SHORT_HEADER + dataLength;
    yield halfOf(concat([head, bytes.subarray(at + SHORT_HEADER, end)]));
    at = end;
  }
}

function halfOf(packet: Uint8Array): Half {
  const event = decodeUsbmon(packet)!;
  const { id, isSubmit, transfer, endpoint, bus, device, status, urbLength, setup, data } = event;
  const place = `${bus}.${device}`;
  const name = isSubmit ? "submit" : "complete";
  const what = transfer === CONTROL ? "control" : `transfer ${transfer}`;
  const words = [name, place, what, `endpoint ${endpoint.toString(16)}`, `status ${oneOf(status)}`];
  const asked = setup && SetupPacket.encode(setup).toHex();
  const bytes = [`length ${urbLength}`, `setup ${asked ?? "none"}`, data.toHex()];
  const request = asked?.slice(0, 4) ?? "";
  return {
    place,
    isSubmit,
    endpoint,
    request,
    transfer,
    id,
    data,
    compared: [...words, ...bytes].join(", "),
  };
}

/** The kernel's second status of a URB that was cancelled, and of one whose device is gone. */
const secondStatuses = new Map([[-104, -2], [-108, -19]]);
const oneOf = (status: number) => secondStatuses.get(status) ?? status;
