import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { DeviceWork } from "./device_work.ts";

const { signal } = new AbortController();

/** Runs `work` with a chip; `parts` is how much of each job was done. */
async function withWork(
  work: (chip: DeviceWork, clock: VirtualClock, parts: number[]) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  await clock.run(() => work(new DeviceWork(clock), clock, []));
}

Deno.test("a job is done when its time is over, and its time is counted", () =>
  withWork(async (chip, clock, parts) => {
    chip.start(100, (part) => parts.push(part));
    await clock.sleep(99);
    assert.deepEqual([chip.running, parts, chip.busyMs], [true, [], 0]);
    await clock.sleep(1);
    assert.deepEqual([chip.running, parts, chip.busyMs], [false, [1], 100]);
    chip.start(50, (part) => parts.push(part));
    await chip.idle(signal);
    assert.deepEqual([clock.elapsed, parts, chip.busyMs], [150, [1, 1], 150]);
  }));

Deno.test("a job that takes no time is done at once", () =>
  withWork(async (chip, _clock, parts) => {
    chip.start(0, (part) => parts.push(part));
    assert.deepEqual([chip.running, parts], [false, [1]]);
    await chip.idle(signal);
  }));

Deno.test("who waits for the end of a job stops at once when its signal aborts; the job goes on", () =>
  withWork(async (chip, clock, parts) => {
    chip.start(100, (part) => parts.push(part));
    const host = new AbortController();
    const reason = new Error("enough");
    const waiting = assert.rejects(chip.idle(host.signal), reason);
    await clock.sleep(10);
    host.abort(reason);
    await waiting;
    await assert.rejects(chip.idle(host.signal), reason);
    assert.deepEqual([clock.elapsed, chip.running], [10, true]);
    await chip.idle(signal);
    assert.deepEqual([clock.elapsed, parts], [100, [1]]);
  }));

Deno.test("without power, part of the job is done, and nothing later", () =>
  withWork(async (chip, clock, parts) => {
    chip.powerOff();
    chip.start(100, (part) => parts.push(part));
    await clock.sleep(25);
    chip.powerOff();
    assert.deepEqual([chip.running, parts, chip.busyMs], [false, [0.25], 25]);
    await clock.sleep(200);
    assert.deepEqual(parts, [0.25]);
    chip.start(100, (part) => parts.push(part));
    await chip.idle(signal);
    assert.deepEqual([parts, chip.busyMs], [[0.25, 1], 125]);
  }));

Deno.test("a job whose timer is late is done once, and its timer ends with the power", async () => {
  const timers: { readonly signal?: AbortSignal; fire(): void }[] = [];
  let now = 0;
  const parts: number[] = [];
  const chip = new DeviceWork({
    now: () => now,
    date: () => new Date(0),
    sleep: (_ms, signal) => new Promise((fire) => timers.push({ fire, ...(signal && { signal }) })),
  });
  chip.start(100, (part) => parts.push(part));
  now = 300;
  timers[0].fire();
  chip.powerOff();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual([parts, chip.busyMs, timers[0].signal?.aborted], [[1], 100, true]);
});
