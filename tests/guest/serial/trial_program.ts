import assert from "node:assert/strict";
import { systemClock } from "../../../core/common/clock.ts";
import type { SerialBus, SerialPortInfo } from "../../../core/transport/serial/port.ts";
import { openSerialBus } from "../../../ffi/serial/mod.ts";
import { errorOf } from "../../support/expected_error.ts";

/**
 * Tests serial ports of a real Linux: runs in the guest, compiled like unbrick, with an adapter on
 * USB whose device returns what it receives. Prints what is known about the port. `full` tries
 * everything and asks for the adapter to be pulled; `denied` expects to be refused.
 */

const never = new AbortController().signal;
const options = { timeoutMs: 10_000, signal: never };
const BAUD_RATE = 55_000;

async function full(bus: SerialBus, info: SerialPortInfo): Promise<void> {
  const port = await bus.open(info, { baudRate: BAUD_RATE });
  await errorOf(bus.open(info, { baudRate: 9_600 }), "busy");
  for (const length of [1, 63, 64, 65, 245, 1_000]) {
    const sent = Uint8Array.from({ length }, (_, at) => at * 7 & 0xFF);
    await port.write(sent, options);
    const received: number[] = [];
    while (received.length < length) received.push(...await port.read(4096, options));
    assert.deepEqual(Uint8Array.from(received), sent);
  }
  await port.setBaudRate(921_600);
  await port.setSignals({ rts: false });
  await errorOf(port.read(1, { timeoutMs: 50, signal: never }), "timeout");
  const stop = new AbortController();
  const reading = errorOf(port.read(1, { ...options, signal: stop.signal }), "cancelled");
  await systemClock.sleep(50);
  const start = systemClock.now();
  stop.abort();
  await reading;
  assert.ok(systemClock.now() - start < 2_000, "an abort takes too long");
  const last = errorOf(port.read(1, { timeoutMs: 60_000, signal: never }), "disconnected");
  console.log("pull it");
  await last;
  await errorOf(port.write(Uint8Array.of(1), options), "disconnected");
  await port.close();
  const isThere = async () => (await bus.list()).some(({ path }) => path === info.path);
  while (await isThere()) await systemClock.sleep(50);
}

const bus = await openSerialBus();
const info = (await bus.list()).find(({ usb }) => usb !== undefined);
assert.ok(info, "there is no serial port on USB");
console.log(JSON.stringify(info));
if (Deno.args[0] === "denied") await errorOf(bus.open(info, { baudRate: BAUD_RATE }), "permission");
else await full(bus, info);
console.log("done");
