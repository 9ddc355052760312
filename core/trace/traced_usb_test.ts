import assert from "node:assert/strict";
import { concat } from "../common/bytes.ts";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { bareDevice as info } from "../../tests/support/trace/bare_device.ts";
import type { UsbBus, UsbDevice } from "../transport/usb/device.ts";
import { readPcapng } from "./pcapng.ts";
import { KnownPayloads } from "./known_payloads.ts";
import { readTrace, type TracedTransfer } from "./read_trace.ts";
import { ReplayedBus } from "./replayed_usb.ts";
import { Timeline } from "./timeline.ts";
import { BY_THE_SYSTEM, Trace } from "./trace.ts";
import { TracedBus } from "./traced_usb.ts";
import { decodeUsbmon } from "./usbmon.ts";

/** Control transfers that are under way together. */

/** Starts three control transfers at once; `ends` end them. */
async function threeTogether() {
  const blocks: Uint8Array[] = [];
  const sink = { write: (block: Uint8Array) => void blocks.push(block) };
  const clock = new VirtualClock();
  clock.now = () => ++clock.elapsed; // no two readings are the same
  const trace = new Trace({ sink, clock, application: "test" });
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
  const tracedBus = new TracedBus(bus as UsbBus, trace);
  await tracedBus.list();
  const traced = await tracedBus.open(info);
  const setup = { bmRequestType: 0x21, bRequest: 1, wValue: 2, wIndex: 0 };
  const options = { timeoutMs: 100, signal: new AbortController().signal };
  const ask = (device: UsbDevice) => [
    device.controlOut(setup, new Uint8Array(3), options),
    device.controlIn({ ...setup, bRequest: 3 }, 6, options),
    device.controlIn({ ...setup, bRequest: 5 }, 1, options),
  ];
  const transfers = ask(traced);
  const all = () => readTrace(concat(blocks), "x.pcapng");
  /** Halves of the transfers: `S1` begins a request 1, `C1` ends it. */
  const halves = () => {
    const requests = new Map<number, number | undefined>();
    return [...readPcapng(concat(blocks))].flatMap((one) => {
      if (!("packet" in one) || one.packet.interface !== 0) return [];
      if (one.packet.comments.includes(BY_THE_SYSTEM)) return [];
      const half = decodeUsbmon(one.packet.data)!;
      if (half.isSubmit) requests.set(half.id, half.setup?.bRequest);
      return [`${half.isSubmit ? "S" : "C"}${requests.get(half.id)}`];
    });
  };
  const entries = () =>
    all().filter((one): one is TracedTransfer => one.type === "transfer" && !one.isBySystem);
  return { ends, transfers, ask, halves, entries, all };
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

Deno.test("the time at which a transfer ends is that at which the next one begins", async () => {
  const { ends, transfers, entries } = await threeTogether();
  for (const [i, { resolve }] of ends.entries()) {
    resolve(new Uint8Array(1));
    await transfers[i];
  }
  const times = entries().map(({ time, ended }) => [time, ended]);
  assert.equal(times.length, 3);
  assert.deepEqual([times[1][0], times[2][0]], [times[0][1], times[1][1]]);
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
      entries().map(({ error }) => error?.kind),
      ["disconnected", "disconnected", "disconnected"],
    );
  }
});

Deno.test("a look that asks for several transfers at once is replayed in their order", async () => {
  const { ends, transfers, ask, all, entries } = await threeTogether();
  for (const [i, { resolve }] of ends.entries()) {
    resolve(new Uint8Array([3, 6, 1][i]));
    await transfers[i];
  }
  const clock = new VirtualClock();
  const differences: unknown[] = [];
  const timeline = new Timeline(all(), clock, (one) => differences.push(one));
  await clock.run(async () => {
    const bus = new ReplayedBus(timeline, new KnownPayloads());
    const device = await bus.open((await bus.list())[0]);
    await timeline.pass(timeline.entries.slice(-entries().length), () => Promise.all(ask(device)));
  });
  assert.deepEqual([differences, timeline.firstOpen], [[], undefined]);
});
