import assert from "node:assert/strict";
import { VirtualClock } from "../../common/virtual_clock.ts";
import type { UsbDeviceModel } from "./model.ts";
import { VirtualBus } from "./virtual_bus.ts";
import { Wire } from "./wire.ts";

const setup = { bmRequestType: 0x40, bRequest: 1, wValue: 0, wIndex: 0, wLength: 64 };
const write = { kind: "control", setup, data: new Uint8Array(64) } as const;
/** Its time on a full-speed wire, milliseconds. */
const MS = 3 / 13;
const { signal } = new AbortController();

function model(control: UsbDeviceModel["control"] = async () => {}): UsbDeviceModel {
  return { speed: "full", deviceDescriptor: new Uint8Array(18), configurations: [], control };
}
const close = (found: readonly number[], expected: readonly number[]) =>
  assert.ok(found.every((one, at) => Math.abs(one - expected[at]) < 1e-9), `${found}`);

Deno.test("transfers that are queued follow one another, as soon as the device has accepted the one before", async () => {
  const clock = new VirtualClock();
  const bus = new VirtualBus({ wireClock: clock });
  const busyMs = [0, 5, 0];
  bus.socket("1-1").attach(model(() => clock.sleep(busyMs.shift() ?? 0)));
  const [attachment] = bus.attachments;
  const ended: number[] = [];
  await clock.run(async () => {
    const sent = [1, 2, 3].map(() => attachment.submit(write, new AbortController()));
    await Promise.all(sent.map((one) => one.then(() => ended.push(clock.elapsed))));
  });
  close(ended, [MS, 2 * MS + 5, 3 * MS + 5]);
});

Deno.test("the time that the programs need is no time on the wire while a transfer is queued", async () => {
  const slept: number[] = [];
  let now = 50;
  const clock = {
    ...{ now: () => now, date: () => new Date(0) },
    sleep: (ms: number) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  const wire = new Wire(clock);
  const carry = async (isQueued: boolean, programsMs: number) => {
    now += programsMs;
    await wire.carry(model(), write, 64, signal, isQueued);
    wire.accepted();
  };
  await carry(false, 7);
  await carry(false, 0.1);
  await carry(true, 0.1);
  await carry(true, 0);
  close(slept, [MS, MS, MS - 0.1, MS]);
  // The programs were held up: at most 20 ms are made up for.
  for (let count = 0; count < 100; count++) await carry(true, count === 0 ? 1000 : 0);
  assert.equal(slept.length, 4 + 100 - Math.floor(20 / MS) - 1);
  assert.ok(Math.abs(wire.statistics.wireMs - 104 * MS) < 1e-9);
});
