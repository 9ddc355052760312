import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../common/bytes.ts";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { bareDevice as info } from "../../tests/support/trace/bare_device.ts";
import type { UsbBus, UsbDevice } from "../transport/usb/device.ts";
import { interfaceBlock, packetBlock, readPcapng, sectionBlock } from "./pcapng.ts";
import { readTrace } from "./read_trace.ts";
import { type Omissions, Trace } from "./trace.ts";
import { TraceFile } from "./trace_file.ts";
import { TracedBus } from "./traced_usb.ts";
import { decodeUsbmon, UsbmonHeader, writeUsbmon } from "./usbmon.ts";

const anyPacket = fc.record({
  interface: fc.nat(3),
  time: fc.maxSafeNat(),
  data: fc.uint8Array({ maxLength: 40 }),
  comments: fc.array(fc.string({ unit: "grapheme", maxLength: 20 }), { maxLength: 3 }),
});

Deno.test("pcapng: packets are read as they were written; a file that is cut off is read up to that point", () => {
  fc.assert(
    fc.property(
      fc.array(anyPacket, { maxLength: 6 }),
      fc.double({ min: 0, max: 1 }),
      (all, part) => {
        const head = concat([sectionBlock("test"), interfaceBlock({ linkType: 220, name: "usb" })]);
        const blocks = all.map((one) =>
          packetBlock({ ...one, original: one.data.length }, [one.data])
        );
        const bytes = concat([head, ...blocks]);
        const packets = [...readPcapng(bytes)].flatMap((one) =>
          "packet" in one ? [one.packet] : []
        );
        assert.deepEqual(
          packets.map(({ data, ...rest }) => ({ ...rest, data: [...data] })),
          all.map(({ data, ...rest }) => ({ ...rest, original: data.length, data: [...data] })),
        );
        const end = Math.floor(part * bytes.length);
        let whole = 0;
        for (
          let at = head.length;
          whole < blocks.length && at + blocks[whole].length <= end;
          whole++
        ) {
          at += blocks[whole].length;
        }
        const cut = [...readPcapng(bytes.subarray(0, end))].filter((one) => "packet" in one);
        assert.equal(cut.length, whole);
      },
    ),
  );
});

const anyEvent = fc.record({
  id: fc.maxSafeNat(),
  isSubmit: fc.boolean(),
  transfer: fc.nat(255),
  endpoint: fc.nat(255),
  device: fc.nat(255),
  bus: fc.nat(0xffff),
  status: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  urbLength: fc.nat(2 ** 32 - 1),
  setup: fc.record({
    bmRequestType: fc.nat(255),
    bRequest: fc.nat(255),
    wValue: fc.nat(0xffff),
    wIndex: fc.nat(0xffff),
    wLength: fc.nat(0xffff),
  }, { noNullPrototype: true }),
}, { noNullPrototype: true });

Deno.test("usbmon: a header is read as it was written", () => {
  fc.assert(
    fc.property(anyEvent, fc.nat(4e15), fc.nat(99), (event, time, length) => {
      const bytes = new Uint8Array(UsbmonHeader.size + length);
      writeUsbmon(new DataView(bytes.buffer), 0, event, { time, dataLength: length });
      const { data, ...read } = decodeUsbmon(bytes)!;
      assert.deepEqual(read, { ...event, time });
      const hasData = event.isSubmit === event.endpoint < 0x80;
      assert.equal(data.length, hasData ? length : 0);
    }),
  );
});

Deno.test("damaged bytes never mislead the reader", () => {
  const bytes = concat([
    sectionBlock("test"),
    interfaceBlock({ linkType: 220, name: "usb" }),
    packetBlock({ interface: 0, time: 1, original: 3, comments: ["a"] }, [new Uint8Array(70)]),
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 }),
      (all) => {
        const damaged = bytes.slice();
        for (const [at, value] of all) damaged[at] = value;
        try {
          readTrace(damaged, "x.pcapng");
        } catch (error) {
          assert.ok(error instanceof UnbrickError && error.kind === "bad-image");
        }
      },
    ),
  );
});

function scripted(): UsbBus {
  const fail = () => Promise.reject(new UnbrickError("stalled", "The device refused a request."));
  const device = {
    info,
    controlIn: (_setup: unknown, length: number) => Promise.resolve(new Uint8Array(length).fill(7)),
    controlOut: fail,
    close: () => Promise.resolve(),
  };
  return {
    list: () => Promise.resolve([info]),
    changed: () => Promise.resolve(false),
    open: () => Promise.resolve(device as unknown as UsbDevice),
    close: () => Promise.resolve(),
  };
}

async function tracedTransfers(omissions?: Omissions) {
  const blocks: Uint8Array[] = [];
  const clock = new VirtualClock();
  const sink = { write: (block: Uint8Array) => void blocks.push(block) };
  const trace = new Trace({ sink, clock, application: "test", omissions });
  const bus = new TracedBus(scripted(), trace);
  await bus.list();
  const device = await bus.open(info);
  const options = { timeoutMs: 100, signal: new AbortController().signal };
  const setup = { bmRequestType: 0x21, bRequest: 1, wValue: 2, wIndex: 0 };
  await device.controlIn({ ...setup, bmRequestType: 0xa1, bRequest: 2 }, 100, options);
  await assert.rejects(device.controlOut(setup, new Uint8Array(200).fill(5), options));
  return readTrace(concat(blocks), "x.pcapng")
    .filter((one) => one.type === "transfer").filter((one) => !one.isBySystem);
}

Deno.test("a traced device: each transfer with its data, and the error with which it ended", async () => {
  const [read, written] = await tracedTransfers();
  assert.deepEqual([read.bus, read.address, read.endpoint, read.length], [3, 9, 0x80, 100]);
  assert.deepEqual([read.setup?.wValue, read.setup?.wLength], [2, 100]);
  assert.deepEqual([...read.received], new Array(100).fill(7));
  assert.deepEqual([...written.sent], new Array(200).fill(5));
  assert.deepEqual([written.status, written.error?.kind], [-32, "stalled"]);
});

Deno.test("instead of a payload that is not kept, the trace has its length and SHA-256", async () => {
  const [read, written] = await tracedTransfers({
    event() {},
    leavesOut: () => true,
    isFull: false,
  });
  assert.deepEqual([read.received.length, read.moved, read.leftOut?.bytes], [0, 100, 100]);
  assert.equal(
    written.leftOut?.sha256,
    "0a43815d8befe5ea10c38fc3840bf12632b2b546640f3c9c3515c39d7395b5c5",
  );
});

Deno.test({
  name: "a trace file on a full disk loses its end and says so",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const file = new TraceFile("/dev/full");
    file.write(new Uint8Array(10));
    await file.close();
    assert.deepEqual(file.lost?.data, { path: "/dev/full", full: true });
  },
});
