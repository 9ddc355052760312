import assert from "node:assert/strict";
import { onVirtualSystemClock } from "../../tests/support/ffi/virtual_system_clock.ts";
import { concat } from "../common/bytes.ts";
import { TraceFile } from "./trace_file.ts";

/** A file that keeps each write, and takes at most so many bytes of it. */
function disk(most = Infinity) {
  const writes: Uint8Array[] = [];
  const file = {
    write(bytes: Uint8Array) {
      writes.push(bytes.slice(0, most));
      return Promise.resolve(writes.at(-1)!.length);
    },
    close() {},
  };
  const trace = new TraceFile("run.pcapng", file as unknown as Deno.FsFile);
  return { trace, writes, lengths: () => writes.map(({ length }) => length) };
}

Deno.test("what comes within 100 ms goes to the disk together, and nothing waits longer", () =>
  onVirtualSystemClock(async (clock) => {
    const { trace, lengths } = disk();
    trace.write(new Uint8Array(10));
    await clock.sleep(99);
    trace.write(new Uint8Array(20));
    assert.deepEqual(lengths(), []);
    await clock.sleep(2);
    assert.deepEqual(lengths(), [30]);
    await clock.sleep(500);
    trace.write(new Uint8Array(5));
    await clock.sleep(101);
    assert.deepEqual(lengths(), [30, 5]);
    await trace.close();
    assert.deepEqual([lengths(), trace.bytes, trace.lost], [[30, 5], 35, undefined]);
  }));

Deno.test("256 KiB do not wait for more, and the end of a trace does not wait", () =>
  onVirtualSystemClock(async (clock) => {
    const { trace, lengths } = disk();
    trace.write(new Uint8Array(262_143));
    await clock.sleep(1);
    assert.deepEqual(lengths(), []);
    trace.write(new Uint8Array(1));
    await clock.sleep(1);
    assert.deepEqual(lengths(), [262_144]);
    trace.write(new Uint8Array(300_000));
    await clock.sleep(1);
    assert.deepEqual(lengths(), [262_144, 300_000]);
    trace.write(new Uint8Array(7));
    const start = clock.elapsed;
    await trace.close();
    assert.deepEqual([lengths(), clock.elapsed - start], [[262_144, 300_000, 7], 0]);
  }));

Deno.test("a disk may take a write in parts; the bytes keep their order", async () => {
  const { trace, writes, lengths } = disk(70_000);
  for (let byte = 0; byte < 7; byte++) trace.write(new Uint8Array(40_000).fill(byte));
  await trace.close();
  assert.deepEqual(lengths(), [70_000, 70_000, 70_000, 70_000]);
  assert.ok(concat(writes).every((byte, at) => byte === Math.floor(at / 40_000)));
});
