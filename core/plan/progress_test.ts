import assert from "node:assert/strict";
import type { Clock } from "../common/clock.ts";
import { RunProgress } from "./progress.ts";
import type { Step } from "./step.ts";
import type { StepContext } from "./step_context.ts";
import { writeProgress } from "./write_progress.ts";

/** A clock that the test moves; it does not start at 0, as no real one does. */
class HandClock {
  ms = 5_000;
  now = () => this.ms;
}

const step = (weight: number) => ({ id: `${weight}`, weight }) as Step;

function start(...weights: readonly number[]) {
  const clock = new HandClock();
  const steps = weights.map(step);
  return { clock, steps, progress: new RunProgress(clock as unknown as Clock, steps) };
}

Deno.test("a step at its expected pace: fraction, remaining time, and rate after a quarter second", () => {
  const { clock, steps: [first], progress } = start(1_000, 3_000);
  assert.equal(progress.expectedMs, 4_000);
  progress.begin();
  clock.ms += 249;
  assert.equal(progress.at(first, 0.249, 100).rate, undefined);
  clock.ms += 1;
  assert.deepEqual(progress.at(first, 0.25, 100), {
    fraction: 0.0625,
    remainingMs: 3_750,
    rate: 400,
  });
  assert.equal(progress.at(first, 0.25).rate, undefined);
  assert.equal(progress.at(first, 7).fraction, 0.25);
  assert.equal(progress.at(first, -1).fraction, 0.25, "the bar does not go back");
});

Deno.test("the pace of the steps that ran counts for the rest, within a factor of 4", () => {
  const { clock, steps: [first, second], progress } = start(1_000, 3_000, 1_000);
  progress.begin();
  clock.ms += 2_000;
  assert.deepEqual(progress.end(first, false), { fraction: 0.2, remainingMs: 8_000 });
  assert.equal(progress.expectedMs, 4_000);
  progress.begin();
  clock.ms += 4_000;
  // 6 s for 2 s of work.
  assert.equal(progress.at(second, 1 / 3).remainingMs, 9_000);

  for (const [took, remaining] of [[100, 500], [9_000, 8_000]]) {
    const { clock, steps: [first], progress } = start(1_000, 2_000);
    progress.begin();
    clock.ms += took;
    assert.equal(progress.end(first, false).remainingMs, remaining);
  }
});

Deno.test("skipped steps and waits do not count for the pace", async () => {
  const { clock, steps: [first, second], progress } = start(1_000, 1_000, 2_000);
  progress.begin();
  clock.ms += 100;
  assert.deepEqual(progress.end(first, true), { fraction: 0.25, remainingMs: 3_000 });
  progress.begin();
  clock.ms += 1_000;
  const waited = await progress.paused(async () => {
    clock.ms += 60_000;
    return 7;
  });
  assert.equal(waited, 7);
  assert.deepEqual(progress.end(second, false), { fraction: 0.5, remainingMs: 2_000 });
});

Deno.test("a plan without weights is no division by zero", () => {
  const { steps: [only], progress } = start(0);
  progress.begin();
  assert.deepEqual(progress.end(only, false), { fraction: 0, remainingMs: 1 });
});

Deno.test("writing takes three quarters of a step, reading back the rest", () => {
  const said: number[][] = [];
  const context = { progress: (...values: number[]) => said.push(values) };
  const { written, verified, compared } = writeProgress(context as unknown as StepContext, 1_001);
  written(400);
  verified(0);
  verified(1_001);
  compared(400);
  assert.deepEqual(said, [[300, 1_001], [750, 1_001], [1_001, 1_001], [100, 1_001]]);
});
