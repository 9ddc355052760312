import assert from "node:assert/strict";
import { type ErrorKind, isKind } from "../../common/errors.ts";
import { VirtualClock } from "../../common/virtual_clock.ts";
import { StandardRequest, UsbFunction } from "./function.ts";
import { MemoryBus } from "./memory.ts";
import { Stall } from "./model.ts";
import type { SetupPacket } from "./setup_packet.ts";
import { readString } from "./strings.ts";
import { VirtualBus } from "./virtual_bus.ts";

const HOLD = 1, REFUSE = 2, CHATTER = 3, ECHO = 4;
const vendorIn = (bRequest: number) => ({ bmRequestType: 0xc0, bRequest, wValue: 0, wIndex: 0 });
const options = { timeoutMs: 1000, signal: new AbortController().signal };
const kind = (expected: ErrorKind) => (error: unknown) => isKind(error, expected);

class Probe extends UsbFunction {
  readonly standard: string[] = [];
  received: Uint8Array = new Uint8Array();
  givenUp = 0;

  constructor() {
    const endpoints = [0x81, 0x01].map((bEndpointAddress) => ({
      ...{ bEndpointAddress, bmAttributes: 3, wMaxPacketSize: 64, bInterval: 1 },
    }));
    super({
      speed: "full",
      device: { idVendor: 1, idProduct: 2, iProduct: 1 },
      configuration: { interfaces: [{ endpoints }, { bAlternateSetting: 1, endpoints }] },
      strings: { 1: "Probe" },
    });
  }

  override control(setup: SetupPacket, data: Uint8Array, signal: AbortSignal) {
    const { SET_CONFIGURATION, SET_INTERFACE } = StandardRequest;
    const { bmRequestType, bRequest, wValue } = setup;
    if (bmRequestType === 0 && bRequest === SET_CONFIGURATION) this.standard.push(`C${wValue}`);
    if (bmRequestType === 1 && bRequest === SET_INTERFACE) this.standard.push(`I${wValue}`);
    return super.control(setup, data, signal);
  }

  protected override async request(
    { bRequest }: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ) {
    if (bRequest === HOLD) {
      signal.addEventListener("abort", () => this.givenUp++);
      await new Promise(() => {});
    }
    if (bRequest === REFUSE) throw new Stall();
    if (bRequest === ECHO) this.received = data.slice();
    return new Uint8Array(5);
  }

  async dataIn() {
    return new Uint8Array(65);
  }

  async dataOut(_endpoint: number, data: Uint8Array) {
    this.received = data;
  }
}

async function plugged(work: (world: Awaited<ReturnType<typeof plug>>) => Promise<void>) {
  const world = await plug();
  await world.clock.run(() => work(world));
}

async function plug() {
  const clock = new VirtualClock();
  const virtual = new VirtualBus();
  const probe = new Probe();
  const socket = virtual.socket("1-1");
  socket.attach(probe);
  const bus = new MemoryBus(virtual, clock);
  const [info] = await bus.list();
  const device = await bus.open(info);
  return { clock, virtual, probe, socket, bus, info, device };
}

Deno.test("a device is listed with its descriptors, configured once, and its strings are read", () =>
  plugged(async ({ virtual, clock, probe, info, device }) => {
    assert.equal(info.portPath, "1-1");
    assert.equal(info.descriptor.idVendor, 1);
    assert.equal(info.configurations[0].interfaces.length, 2);
    assert.equal(await readString(device, 1, options), "Probe");
    await new MemoryBus(virtual, clock).list();
    assert.deepEqual(probe.standard, ["C1"]);
  }));

Deno.test("a held transfer ends as timeout at its deadline, and the model is informed", () =>
  plugged(async ({ clock, probe, device }) => {
    await assert.rejects(device.controlIn(vendorIn(HOLD), 8, options), kind("timeout"));
    assert.equal(clock.elapsed, 1000);
    assert.equal(probe.givenUp, 1);
  }));

Deno.test("an aborted transfer ends at once as cancelled", () =>
  plugged(async ({ clock, probe, device }) => {
    const stop = new AbortController();
    const held = device.controlIn(vendorIn(HOLD), 8, { timeoutMs: 1000, signal: stop.signal });
    const checked = assert.rejects(held, kind("cancelled"));
    await clock.sleep(10);
    stop.abort();
    await checked;
    assert.equal(clock.elapsed, 10);
    assert.equal(probe.givenUp, 1);
  }));

/** The name of each transfer as it reaches the device, and as it leaves it ten milliseconds later. */
function slow({ clock, virtual }: Awaited<ReturnType<typeof plug>>): string[] {
  const seen: string[] = [];
  virtual.interpose({
    async transfer(_attachment, transfer, _signal, next) {
      const name = transfer.kind === "control"
        ? `${transfer.setup.bRequest}`
        : transfer.kind === "out"
        ? `out ${transfer.data[0]}`
        : "in";
      seen.push(`begin ${name}`);
      await clock.sleep(10);
      return await next(transfer).finally(() => seen.push(`end ${name}`));
    },
  });
  return seen;
}

Deno.test("control transfers run one after another in their order, also behind one that fails", () =>
  plugged(async (all) => {
    const { clock, device } = all, seen = slow(all);
    const stop = new AbortController();
    const sent = Promise.allSettled([
      device.controlIn(vendorIn(REFUSE), 8, options),
      device.controlIn(vendorIn(CHATTER), 8, { ...options, signal: stop.signal }),
      device.controlIn(vendorIn(ECHO), 8, options),
      device.controlIn(vendorIn(CHATTER), 8, { ...options, timeoutMs: 5 }),
    ]);
    stop.abort();
    const kinds = (await sent).map((one) => one.status === "fulfilled" || one.reason.kind);
    assert.deepEqual(kinds, ["stalled", "cancelled", true, "timeout"]);
    assert.deepEqual(seen, ["begin 2", "end 2", "begin 4", "end 4"]);
    assert.equal(clock.elapsed, 20);
  }));

Deno.test("each endpoint has an order of its own, and nothing runs behind a disconnection", () =>
  plugged(async (all) => {
    const { clock, device, socket } = all, seen = slow(all);
    await device.claim(0);
    const sent = Promise.allSettled([
      ...[1, 2, 3].map((value) => device.interruptOut(1, Uint8Array.of(value), options)),
      device.controlIn(vendorIn(ECHO), 8, options),
    ]);
    await clock.sleep(15);
    socket.detach();
    const kinds = (await sent).map((one) => one.status === "fulfilled" || one.reason.kind);
    assert.deepEqual(kinds, [true, "disconnected", "disconnected", true]);
    assert.deepEqual(seen.filter((one) => one.includes("out")), [
      ...["begin out 1", "end out 1", "begin out 2"],
    ]);
    assert.equal(seen.filter((one) => one.endsWith("4")).join(), "begin 4,end 4");
  }));

Deno.test("STALL, too much data and a disconnected device lead to different kinds of errors", () =>
  plugged(async ({ clock, socket, bus, info, device }) => {
    await assert.rejects(device.controlIn(vendorIn(REFUSE), 8, options), kind("stalled"));
    assert.equal((await device.controlIn(vendorIn(CHATTER), 8, options)).length, 5);
    await device.claim(0);
    await assert.rejects(device.interruptIn(0x81, 64, options), kind("protocol"));
    const held = assert.rejects(device.controlIn(vendorIn(HOLD), 8, options), kind("disconnected"));
    await clock.sleep(1);
    socket.detach();
    await held;
    await assert.rejects(device.controlIn(vendorIn(ECHO), 8, options), kind("disconnected"));
    await assert.rejects(device.claim(0), kind("disconnected"));
    await assert.rejects(bus.open(info), kind("disconnected"));
    await device.close();
    await device.close();
  }));

Deno.test("data reaches the model through control and interrupt OUT", () =>
  plugged(async ({ probe, device }) => {
    const bytes = Uint8Array.of(1, 2, 3);
    await device.controlOut({ ...vendorIn(ECHO), bmRequestType: 0x40 }, bytes, options);
    assert.deepEqual(probe.received, bytes);
    await device.claim(0);
    await device.interruptOut(0x01, Uint8Array.of(4), options);
    assert.deepEqual(probe.received, Uint8Array.of(4));
    await assert.rejects(device.interruptOut(0x02, bytes, options), kind("protocol"));
  }));

Deno.test("only one handle can claim an interface, and it must claim it to use it", () =>
  plugged(async ({ bus, info, device }) => {
    await assert.rejects(device.setAlternate(0, 1), /without a claim/);
    await assert.rejects(device.controlIn({ ...vendorIn(3), bmRequestType: 0xa1 }, 6, options));
    await device.claim(0);
    await device.claim(0);
    await assert.rejects(device.claim(1), kind("protocol"));
    const other = await bus.open(info);
    await assert.rejects(other.claim(0), kind("busy"));
    await device.close();
    await other.claim(0);
  }));

Deno.test("setAlternate sends SET_INTERFACE; release and reset have the effect that a host has", () =>
  plugged(async ({ probe, device }) => {
    await device.claim(0);
    await device.setAlternate(0, 1);
    await assert.rejects(device.setAlternate(0, 2), kind("protocol"));
    await device.reset();
    await device.release(0);
    assert.deepEqual(probe.standard, ["C1", "I1", "C1", "I1", "I0"]);
  }));

Deno.test("changed reports connections and disconnections since the last list, or false at its deadline", () =>
  plugged(async ({ clock, socket, probe, bus }) => {
    await bus.list();
    assert.equal(await bus.changed({ ...options, timeoutMs: 70 }), false);
    assert.equal(clock.elapsed, 70);
    const waiting = bus.changed(options);
    await clock.sleep(5);
    socket.detach();
    assert.equal(await waiting, true);
    assert.equal(clock.elapsed, 75);
    assert.equal(await bus.changed(options), true, "still not looked at");
    assert.equal((await bus.list()).length, 0);
    socket.attach(probe);
    assert.equal(await bus.changed(options), true);
    const [info] = await bus.list();
    assert.equal(info.portPath, "1-1");
    await bus.close();
  }));

Deno.test("closing a device ends its transfers, so that they do not hold those of the next host", async () => {
  const clock = new VirtualClock(), bus = new VirtualBus(), probe = new Probe();
  bus.socket("1-1").attach(probe);
  await clock.run(async () => {
    const first = new MemoryBus(bus, clock), second = new MemoryBus(bus, clock);
    const device = await first.open((await first.list())[0]);
    const held = device.controlIn(vendorIn(HOLD), 1, { ...options, timeoutMs: 60_000 });
    held.catch(() => {});
    await clock.sleep(1);
    await first.close();
    await assert.rejects(held, kind("cancelled"));
    assert.equal(probe.givenUp, 1);
    const next = await second.open((await second.list())[0]);
    await next.controlIn(vendorIn(ECHO), 5, options);
    await second.close();
  });
  assert.ok(clock.elapsed < 1000, `${clock.elapsed} ms`);
});
