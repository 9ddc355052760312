import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { lookUntil } from "./look_until.ts";

Deno.test("a look ends with its signal, even on a bus that does not listen to it", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const bus = {
    changed: async ({ timeoutMs }: { timeoutMs: number }) => {
      await clock.sleep(timeoutMs);
      return false;
    },
  };
  let looks = 0;
  const look = () => {
    if (++looks === 3) stop.abort();
    return Promise.resolve({});
  };
  const makeTimeout = () => new UnbrickError("timeout", "It never came.");
  const until = () => clock.now() + 10_000;
  const options = { bus, clock, signal: stop.signal, until, makeTimeout };
  await clock.run(() => assert.rejects(lookUntil(look, options), { kind: "cancelled" }));
  assert.equal(looks, 3);
});
