import assert from "node:assert/strict";
import { onVirtualSystemClock } from "../../tests/support/ffi/virtual_system_clock.ts";
import { TraceFile } from "./trace_file.ts";

/** A file that keeps the length of each write. */
function countingFile() {
  const writes: number[] = [];
  const file = {
    write: (bytes: Uint8Array) => Promise.resolve(writes.push(bytes.length) && bytes.length),
    close() {},
  };
  return { writes, trace: new TraceFile("run.pcapng", file as unknown as Deno.FsFile) };
}

Deno.test("what comes within 100 ms goes to the disk together, and nothing waits longer", () =>
  onVirtualSystemClock(async (clock) => {
    const { writes, trace } = countingFile();
    trace.write(new Uint8Array(10));
    await clock.sleep(99);
    trace.write(new Uint8Array(20));
    assert.deepEqual(writes, []);
    await clock.sleep(2);
    assert.deepEqual(writes, [30]);
    await clock.sleep(500);
    trace.write(new Uint8Array(5));
    await clock.sleep(101);
    assert.deepEqual(writes, [30, 5]);
    await trace.close();
    assert.deepEqual(writes, [30, 5]);
  }));

Deno.test("64 KiB do not wait for more, and the end of a trace does not wait", () =>
  onVirtualSystemClock(async (clock) => {
    const { writes, trace } = countingFile();
    trace.write(new Uint8Array(65_535));
    await clock.sleep(1);
    assert.deepEqual(writes, []);
    trace.write(new Uint8Array(1));
    await clock.sleep(1);
    assert.deepEqual(writes, [65_536]);
    trace.write(new Uint8Array(70_000));
    await clock.sleep(1);
    assert.deepEqual(writes, [65_536, 70_000]);
    trace.write(new Uint8Array(7));
    const start = clock.elapsed;
    await trace.close();
    assert.deepEqual([writes, clock.elapsed - start, trace.lost], [
      [65_536, 70_000, 7],
      0,
      undefined,
    ]);
  }));
