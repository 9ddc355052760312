import assert from "node:assert/strict";
import { BusyTime, PowerLost } from "./busy_time.ts";

/** A clock whose timers are late, or are cut short by a loss of power. */
function lateClock(lateMs: readonly number[]) {
  const slept: number[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    date: () => new Date(0),
    sleep(ms: number) {
      const late = lateMs[slept.push(ms) - 1] ?? 0;
      now += ms + late;
      return late < 0 ? Promise.reject(new Error("no power")) : Promise.resolve();
    },
  };
  return { slept, busy: new BusyTime(clock) };
}
const { signal } = new AbortController();

for (
  const [what, late, spent, expected] of [
    ["exact timers: each wait is what was asked for", [], [10, 3], [10, 3]],
    ["a wait that ended late shortens later ones", [5], [10, 3, 4], [10, 2]],
    ["what is paid by earlier waits needs no timer", [5], [10, 2, 3, 1], [10, 1]],
    ["at most 20 ms are carried over", [500], [10, 25], [10, 5]],
    ["work of no time needs no timer", [], [0, 0], []],
  ] as const
) {
  Deno.test(what, async () => {
    const { slept, busy } = lateClock(late);
    for (const ms of spent) await busy.spend(ms, signal);
    assert.deepEqual(slept, expected);
    assert.equal(busy.totalMs, spent.reduce((sum: number, ms) => sum + ms, 0));
  });
}

Deno.test("without power, the wait ends with the part that is over", async () => {
  const { busy } = lateClock([-7.5, -10]);
  const isPart = (part: number) => (error: unknown) =>
    error instanceof PowerLost && error.part === part && error.name === "PowerLost";
  await assert.rejects(busy.spend(10, signal), isPart(0.25));
  await assert.rejects(busy.spend(10, signal), isPart(0));
});
