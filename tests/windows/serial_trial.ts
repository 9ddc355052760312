import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import { openSerialBus } from "../../ffi/serial/mod.ts";
import { errorOf } from "../support/expected_error.ts";

/**
 * Tests serial ports of Windows: compiled like unbrick, run under Wine with a pty as the port that
 * the command line names. The other end returns what it receives.
 */

const never = new AbortController().signal;
const options = { timeoutMs: 10_000, signal: never };

const [path] = Deno.args;
const bus = await openSerialBus();
const ports = await bus.list();
assert.ok(ports.some((one) => one.path === path), JSON.stringify(ports));
await errorOf(bus.open({ path: "COM99" }, { baudRate: 9_600 }), "not-found");

const port = await bus.open({ path }, { baudRate: 55_000 });
for (const length of [1, 2, 64, 245, 1_000]) {
  const sent = Uint8Array.from({ length }, (_, at) => at * 7 & 0xFF);
  await port.write(sent, options);
  const received: number[] = [];
  while (received.length < length) received.push(...await port.read(300, options));
  assert.deepEqual(Uint8Array.from(received), sent);
}
const start = systemClock.now();
await errorOf(port.read(1, { timeoutMs: 200, signal: never }), "timeout");
assert.ok(systemClock.now() - start < 5_000, "a deadline is kept");
const stop = new AbortController();
const reading = errorOf(port.read(1, { ...options, signal: stop.signal }), "cancelled");
await systemClock.sleep(50);
stop.abort();
await reading;
assert.ok(systemClock.now() - start < 8_000, "an abort takes too long");
await port.setBaudRate(921_600);
await port.discardInput();
await port.write(Uint8Array.of(0, 3, 10, 13, 17, 19, 26), options);
await port.read(1, options);
await port.close();
await assert.rejects(port.read(1, options), /was closed/);
console.log("done");
