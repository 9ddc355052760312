import assert from "node:assert/strict";
import { type DarwinLibrary, darwinSymbols } from "../posix/symbols.ts";
import { darwinCalls } from "./calls.ts";

/** Linux takes variable arguments as an Intel Mac does: in registers. */
const FIONREAD = 0x541B;

Deno.test({
  name: "ioctl as macOS is called: a call that takes its argument from a register finds it",
  ignore: Deno.build.os !== "linux",
  fn() {
    const libc = Deno.dlopen("libc.so.6", {
      ioctlNow: darwinSymbols.ioctlNow,
      pipe: darwinSymbols.pipe,
      write: darwinSymbols.write,
      closeNow: darwinSymbols.closeNow,
    });
    const ends = new Int32Array(2);
    assert.equal(libc.symbols.pipe(ends), 0);
    libc.symbols.write(ends[1], new Uint8Array(5), 5n);
    const word = new Int32Array(1);
    const { ioctlNow } = darwinCalls(libc.symbols as unknown as DarwinLibrary);
    assert.equal(ioctlNow(ends[0], FIONREAD, new Uint8Array(word.buffer)), 0);
    assert.equal(word[0], 5);
    for (const end of ends) libc.symbols.closeNow(end);
    libc.close();
  },
});

Deno.test("ioctl as macOS is called: an Apple arm64 finds its argument on the stack, ninth", async () => {
  const calls: unknown[][] = [];
  const record = (...given: unknown[]) => calls.push(given) && 0;
  const libc = {
    ioctl: (...given: unknown[]) => Promise.resolve(record(...given)),
    ioctlNow: record,
  };
  const { ioctl, ioctlNow } = darwinCalls(libc as unknown as DarwinLibrary);
  const argument = new Uint8Array(4);
  await ioctl(7, 0x80045402, argument);
  ioctlNow(7, 0x80045402, argument);
  for (const call of calls) {
    assert.deepEqual([call.length, call[0], call[1]], [9, 7, 0x80045402n]);
    assert.ok(call[2] === argument && call[8] === argument);
  }
  assert.equal(calls.length, 2);
});
