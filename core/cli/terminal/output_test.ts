import assert from "node:assert/strict";
import { VirtualClock } from "../../common/virtual_clock.ts";
import { Output } from "./output.ts";

const limits = { stallMs: 10_000, stoppedMs: 1_000 };

Deno.test("everything is written in order, however little the stream accepts at a time", async () => {
  const taken: number[] = [];
  const output = new Output({
    write: (bytes) => {
      taken.push(bytes[0]);
      return Promise.resolve(1);
    },
  });
  const clock = new VirtualClock();
  await clock.run(async () => {
    for (const text of ["ab", "", "cd", "é"]) output.write(text);
    const { signal } = new AbortController();
    assert.ok(await output.flush(clock, { ...limits, signal }));
  });
  assert.equal(new TextDecoder().decode(new Uint8Array(taken)), "abcdé");
  assert.equal(output.failure, undefined);
});

Deno.test("a stream that fails loses the text and says why; nothing is thrown", async () => {
  const output = new Output({ write: () => Promise.reject(new Error("No space left on device")) });
  output.write("one");
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
  output.write("two");
  assert.equal(output.failure?.message, "No space left on device");
});

Deno.test("a reader that has closed the pipe is no error", async () => {
  const output = new Output({ write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) });
  output.write("one");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(output.failure, undefined);
});

Deno.test("a slow reader is waited for until nothing has moved for long enough", async () => {
  const output = new Output({ write: () => new Promise(() => {}) });
  const clock = new VirtualClock();
  await clock.run(async () => {
    output.write("one");
    const { signal } = new AbortController();
    assert.equal(await output.flush(clock, { ...limits, signal }), false);
    assert.ok(clock.elapsed >= limits.stallMs && clock.elapsed < limits.stallMs + 1_000);
  });
});

Deno.test("after a signal, the end waits one second instead of ten", async () => {
  const output = new Output({ write: () => new Promise(() => {}) });
  const clock = new VirtualClock();
  await clock.run(async () => {
    output.write("one");
    assert.equal(await output.flush(clock, { ...limits, signal: AbortSignal.abort() }), false);
    assert.ok(clock.elapsed < 2_000);
  });
});
