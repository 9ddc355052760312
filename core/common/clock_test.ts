import assert from "node:assert/strict";
import { systemClock, whenAborted, withDeadline } from "./clock.ts";
import { isKind } from "./errors.ts";
import { VirtualClock } from "./virtual_clock.ts";

const never = () => new Promise<never>(() => {});

Deno.test("virtual time jumps to the next timer and fires in order", async () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  await clock.run(async () => {
    const sleeps = [30, 10, 20].map((ms) => clock.sleep(ms).then(() => fired.push(ms)));
    await Promise.all(sleeps);
  });
  assert.deepEqual(fired, [10, 20, 30]);
  assert.equal(clock.elapsed, 30);
});

Deno.test("virtual time does not advance while anything can run", async () => {
  const clock = new VirtualClock();
  const busy = async () => {
    const before = clock.now();
    for (let step = 0; step < 2_000; step++) await null;
    assert.equal(clock.now(), before);
  };
  await clock.run(async () => {
    const timers = [1, 2, 2, 3, 50].map(async (ms) => {
      await clock.sleep(ms);
      await busy();
      await clock.sleep(0);
      await busy();
    });
    await busy();
    await Promise.all(timers);
  });
  assert.equal(clock.elapsed, 50);
  await clock.run(busy);
});

Deno.test("real work continues beside timers that never end", async () => {
  const clock = new VirtualClock();
  const digest = await clock.run(async () => {
    let isOver = false;
    const ticking = (async () => {
      while (!isOver) await clock.sleep(1);
    })();
    const real = await crypto.subtle.digest("SHA-256", new Uint8Array(4));
    isOver = true;
    await ticking;
    return real;
  });
  assert.equal(digest.byteLength, 32);
});

Deno.test("a wait that nothing can end is detected", async () => {
  await assert.rejects(() => new VirtualClock().run(never), /nothing will ever wake/);
});

for (
  const [name, make] of [["virtual", () => new VirtualClock()], [
    "system",
    () => undefined,
  ]] as const
) {
  Deno.test(`${name} clock: an aborted sleep ends at once as cancelled`, async () => {
    const virtual = make();
    const clock = virtual ?? systemClock;
    const stop = new AbortController();
    const work = async () => {
      const sleep = clock.sleep(60_000, stop.signal);
      stop.abort();
      await assert.rejects(sleep, (error) => isKind(error, "cancelled"));
      await assert.rejects(clock.sleep(1, stop.signal), (error) => isKind(error, "cancelled"));
    };
    await (virtual ? virtual.run(work) : work());
    assert.ok((virtual?.elapsed ?? 0) < 60_000);
  });
}

Deno.test("a deadline ends work that ignores its signal, and the error says what was awaited", async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const options = { ms: 250, what: "an answer" };
    await assert.rejects(
      withDeadline(clock, options, never),
      (error) => isKind(error, "timeout") && error.data.what === "an answer",
    );
  });
  assert.equal(clock.elapsed, 250);
});

Deno.test("work that ends in time leaves no timer", async () => {
  const clock = new VirtualClock();
  const value = await clock.run(() =>
    withDeadline(clock, { ms: 5_000, what: "x" }, () => Promise.resolve(7))
  );
  assert.equal(value, 7);
  await assert.rejects(() => clock.run(never), /nothing will ever wake/);
  assert.equal(clock.elapsed, 0);
});

Deno.test("an outer abort reaches the work and wins over the deadline", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  let inner: AbortSignal | undefined;
  await clock.run(async () => {
    const wait = withDeadline(clock, { ms: 900, what: "x", signal: stop.signal }, (signal) => {
      inner = signal;
      return never();
    });
    stop.abort();
    await assert.rejects(wait, (error) => isKind(error, "cancelled"));
  });
  assert.equal(inner?.aborted, true);
});

Deno.test("whatever waits for one signal is told of its abort, but not what was given up", () => {
  const stop = new AbortController(), told: string[] = [];
  const same = () => told.push("same");
  const forget = whenAborted(stop.signal, same);
  whenAborted(stop.signal, same);
  const forgetOther = whenAborted(stop.signal, () => told.push("other"));
  whenAborted(stop.signal, () => told.push("last"));
  forget();
  forget();
  forgetOther();
  stop.abort();
  assert.deepEqual(told, ["same", "last"]);
});
