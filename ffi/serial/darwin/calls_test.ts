import assert from "node:assert/strict";
import { type DarwinLibrary, darwinSymbols } from "../posix/symbols.ts";
import { darwinCalls } from "./calls.ts";

/** Linux takes variable arguments like an Intel Mac: in registers. */
const FIONREAD = 0x541B;

Deno.test({
  name: "ioctl as called on macOS: a function that takes its argument from a register finds it",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { ioctl, ioctlNow, pipe, writeNow, close } = darwinSymbols;
    const libc = Deno.dlopen("libc.so.6", { ioctl, ioctlNow, pipe, writeNow, close });
    const ends = new Int32Array(2);
    assert.equal(libc.symbols.pipe(ends), 0);
    libc.symbols.writeNow(ends[1], new Uint8Array(5), 5n);
    const word = new Int32Array(1);
    const calls = darwinCalls(libc.symbols as unknown as DarwinLibrary);
    assert.equal(await calls.ioctl(ends[0], FIONREAD, new Uint8Array(word.buffer)), 0);
    assert.equal(word[0], 5);
    for (const end of ends) await libc.symbols.close(end);
    libc.close();
  },
});

Deno.test("ioctl as called on macOS: an Apple arm64 finds its argument on the stack, as the ninth", async () => {
  const calls: unknown[][] = [];
  const refuse = (...given: unknown[]) => calls.push(given) && -1;
  const libc = {
    ioctl: (...given: unknown[]) => Promise.resolve(refuse(...given)),
    ioctlNow: refuse,
  };
  const { ioctl } = darwinCalls(libc as unknown as DarwinLibrary);
  const argument = new Uint8Array(4);
  await ioctl(7, 0x80045402, argument);
  for (const call of calls) {
    assert.deepEqual([call.length, call[0], call[1]], [9, 7, 0x80045402n]);
    assert.ok(call[2] === argument && call[8] === argument);
  }
  assert.equal(calls.length, 2);
});
