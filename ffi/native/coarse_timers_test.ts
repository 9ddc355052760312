import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import { CoarseTimers } from "./coarse_timers.ts";

Deno.test("a coarse timer fires once, and never early", async () => {
  const timers = new CoarseTimers(20), start = systemClock.now();
  const fired: number[] = [];
  timers.after(50, () => fired.push(systemClock.now() - start));
  await systemClock.sleep(300);
  timers.close();
  assert.equal(fired.length, 1);
  assert.ok(fired[0] >= 50, `${fired[0]}`);
});

Deno.test("a coarse timer that was stopped, or closed, does not fire; others do", async () => {
  const timers = new CoarseTimers(5), fired: string[] = [];
  const stop = timers.after(1, () => fired.push("stopped"));
  timers.after(1, () => {
    fired.push("first");
    timers.after(1, () => fired.push("second"));
  });
  stop();
  await systemClock.sleep(60);
  assert.deepEqual(fired, ["first", "second"]);
  timers.after(1, () => fired.push("closed"));
  timers.close();
  await systemClock.sleep(30);
  assert.equal(fired.length, 2);
});
