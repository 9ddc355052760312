import assert from "node:assert/strict";
import { errorOf } from "../../tests/support/expected_error.ts";
import { serialBusOf } from "./mod.ts";
import type { PortLimit, SystemPort } from "./system.ts";

const info = { path: "COM3", usb: { vendorId: 1, productId: 2, portPath: "1-2" } };
const { signal } = new AbortController();
const options = { timeoutMs: 70, signal };

/** A serial bus whose system answers with this port, and what the system is asked for. */
function busWith(port: Partial<SystemPort>) {
  const limits: PortLimit[] = [];
  const system = {
    list: () => Promise.resolve([info]),
    open: (_path: string, _settings: unknown, limit: PortLimit) => {
      limits.push(limit);
      return Promise.resolve({ close: () => Promise.resolve(), ...port } as SystemPort);
    },
  };
  return { bus: serialBusOf(system, signal), limits };
}

Deno.test("a serial bus names the port and its USB port to the system, with the signal", async () => {
  const { bus, limits } = busWith({});
  assert.deepEqual(await bus.list(), [info]);
  await bus.open(info, { baudRate: 9_600 });
  await bus.open({ path: "COM1" }, { baudRate: 9_600 });
  assert.deepEqual(limits.map(({ subject, ...rest }) => [String(subject), rest]), [
    ["the serial port COM3", { port: "1-2", signal }],
    ["the serial port COM1", { port: undefined, signal }],
  ]);
});

Deno.test("a read and a write that end without result are a timeout, and say what did not happen", async () => {
  const { bus } = busWith({
    read: () => Promise.resolve(undefined),
    write: () => Promise.resolve(false),
  });
  const port = await bus.open(info, { baudRate: 9_600 });
  const read = await errorOf(port.read(1, options), "timeout");
  assert.equal(read.message, "Nothing arrived from COM3 in 70 ms.");
  assert.deepEqual(read.data, { path: "COM3", milliseconds: 70 });
  const write = await errorOf(port.write(Uint8Array.of(1), options), "timeout");
  assert.equal(write.message, "COM3 did not accept what was sent in 70 ms.");
  assert.deepEqual(write.data, { path: "COM3", milliseconds: 70 });
});

Deno.test("closing ends what runs, waits for it, closes once, and refuses what comes later", async () => {
  const done: string[] = [];
  const { bus } = busWith({
    read: (_length, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () =>
          setTimeout(() => {
            done.push("read");
            reject(signal.reason);
          }, 5))
      ),
    setBaudRate: () => Promise.resolve(),
    close: () => Promise.resolve(void done.push("close")),
  });
  const port = await bus.open(info, { baudRate: 9_600 });
  await port.setBaudRate(1_200);
  const reading = errorOf(port.read(1, { timeoutMs: 60_000, signal }), "cancelled");
  await Promise.all([port.close(), port.close()]);
  assert.equal((await reading).message, "The port COM3 was closed in the meantime.");
  assert.deepEqual(done, ["read", "close"]);
  await assert.rejects(port.setBaudRate(9_600), /the port COM3 was closed/);
});
