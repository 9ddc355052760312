import assert from "node:assert/strict";
import { concat } from "../common/bytes.ts";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { UsbBus, UsbDevice, UsbDeviceInfo } from "../transport/usb/device.ts";
import { readPcapng } from "./pcapng.ts";
import { readTrace } from "./read_trace.ts";
import { Trace } from "./trace.ts";
import { TracedBus } from "./traced_usb.ts";
import { decodeUsbmon } from "./usbmon.ts";

/** Control transfers that are under way together. */

const info: UsbDeviceInfo = {
  bus: 1,
  address: 2,
  portPath: "1-1",
  speed: "full",
  descriptor: {
    ...{ bcdUSB: 0x200, bDeviceClass: 0, bDeviceSubClass: 0, bDeviceProtocol: 0 },
    ...{ bMaxPacketSize0: 64, idVendor: 0x0483, idProduct: 0xdf11, bcdDevice: 0x2200 },
    ...{ iManufacturer: 1, iProduct: 2, iSerialNumber: 3, bNumConfigurations: 0 },
  },
  configurations: [],
};

/** Starts three control transfers at once; `ends` end them. */
async function threeTogether() {
  const blocks: Uint8Array[] = [];
  const sink = { write: (block: Uint8Array) => void blocks.push(block) };
  const trace = new Trace({ sink, clock: new VirtualClock(), application: "test" });
  const ends: PromiseWithResolvers<Uint8Array>[] = [];
  const asked = () => {
    const end = Promise.withResolvers<Uint8Array>();
    ends.push(end);
    return end.promise;
  };
  const device: Partial<UsbDevice> = {
    info,
    controlIn: asked,
    controlOut: async () => void await asked(),
  };
  const bus: Partial<UsbBus> = {
    list: () => Promise.resolve([info]),
    open: () => Promise.resolve(device as UsbDevice),
  };
  const traced = await new TracedBus(bus as UsbBus, trace).open(info);
  const setup = { bmRequestType: 0x21, bRequest: 1, wValue: 2, wIndex: 0 };
  const options = { timeoutMs: 100, signal: new AbortController().signal };
  const transfers = [
    traced.controlOut(setup, new Uint8Array(3), options),
    traced.controlIn({ ...setup, bRequest: 3 }, 6, options),
    traced.controlIn({ ...setup, bRequest: 5 }, 1, options),
  ];
  /** Halves of the transfers: `S1` begins a request 1, `C1` ends it. */
  const halves = () => {
    const requests = new Map<number, number | undefined>();
    return [...readPcapng(concat(blocks))].flatMap((one) => {
      if (!("packet" in one) || one.packet.interface !== 0) return [];
      const half = decodeUsbmon(one.packet.data)!;
      if (half.isSubmit) requests.set(half.id, half.setup?.bRequest);
      return [`${half.isSubmit ? "S" : "C"}${requests.get(half.id)}`];
    });
  };
  return { ends, transfers, halves, entries: () => readTrace(concat(blocks), "x.pcapng") };
}

Deno.test("a control transfer that waits for another begins in the trace when that one has ended", async () => {
  const { ends, transfers, halves } = await threeTogether();
  assert.deepEqual([ends.length, halves()], [3, ["S1"]], "the system gets all of them at once");
  for (const [i, { resolve }] of ends.entries()) {
    resolve(new Uint8Array(i));
    await transfers[i];
  }
  assert.deepEqual(halves(), ["S1", "C1", "S3", "C3", "S5", "C5"]);
});

Deno.test("transfers that fail together begin in their order, in whichever their failures come", async () => {
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
    const { ends, transfers, halves, entries } = await threeTogether();
    const kinds: string[] = [];
    for (const i of order) {
      ends[i].reject(new UnbrickError("disconnected", "It left."));
      await transfers[i].then(() => {}, ({ kind }) => kinds.push(kind));
    }
    assert.deepEqual(kinds, ["disconnected", "disconnected", "disconnected"]);
    assert.deepEqual(halves().filter((half) => half.startsWith("S")), ["S1", "S3", "S5"]);
    assert.deepEqual(
      entries().map((one) => one.type === "transfer" && one.error?.kind).slice(-3),
      ["disconnected", "disconnected", "disconnected"],
    );
  }
});
