import assert from "node:assert/strict";
import { VirtualClock } from "../common/virtual_clock.ts";
import { Newest } from "./newest.ts";

Deno.test("of many values, the first and the newest are taken, at most ten a second", async () => {
  const clock = new VirtualClock(), taken: [number, number][] = [];
  await clock.run(async () => {
    const newest = new Newest<number>(clock, (value) => taken.push([value, clock.elapsed]));
    for (let at = 0; at < 60; at++) {
      newest.add(at);
      await clock.sleep(5);
    }
    await clock.sleep(1000);
    newest.close();
  });
  assert.deepEqual(taken.map(([value]) => value).filter((value) => [0, 59].includes(value)), [
    0,
    59,
  ]);
  assert.ok(taken.length <= 4, String(taken.length));
  assert.ok(taken.every(([, at], i) => i === 0 || at - taken[i - 1][1] > 100));
});

Deno.test("a value that waits is taken by a flush, or at the end of the pause, once", async () => {
  const clock = new VirtualClock(), taken: number[] = [];
  await clock.run(async () => {
    const newest = new Newest<number>(clock, (value) => taken.push(value));
    newest.add(1);
    newest.add(2);
    newest.add(3);
    assert.deepEqual(taken, [1]);
    newest.flush();
    newest.flush();
    assert.deepEqual(taken, [1, 3]);
    newest.add(4);
    await clock.sleep(200);
    assert.deepEqual(taken, [1, 3, 4]);
    newest.close();
    newest.add(5);
    newest.flush();
    await clock.sleep(200);
    assert.deepEqual(taken, [1, 3, 4, 5]);
  });
});

Deno.test("a value that cannot be taken after the pause ends nothing; the next one fails again", async () => {
  const clock = new VirtualClock(), tried: number[] = [];
  await clock.run(async () => {
    const newest = new Newest<number>(clock, (value) => {
      tried.push(value);
      if (value > 1) throw new Error("full");
    });
    newest.add(1);
    newest.add(2);
    await clock.sleep(200);
    assert.throws(() => newest.add(3), /full/);
    newest.close();
  });
  assert.deepEqual(tried, [1, 2, 3]);
});
