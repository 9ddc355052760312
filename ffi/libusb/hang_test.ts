import assert from "node:assert/strict";
import { waitingNamesOf } from "../../tests/support/ffi/hanging_library.ts";
import { hangingLibusb, PORT } from "../../tests/support/ffi/hanging_libusb.ts";
import { endingOf, withEach } from "../../tests/support/ffi/hanging_program.ts";
import { symbols } from "./symbols.ts";

const library = await hangingLibusb();
const program = new URL("../../tests/support/ffi/libusb_calls_program.ts", import.meta.url);
const names = waitingNamesOf(symbols);

/** Calls that nobody waits for: they release what was used, or wake a thread. */
const unawaited = new Set([
  "libusb_exit",
  "libusb_close",
  "libusb_free_device_list",
  "libusb_interrupt_event_handler",
]);
/** The longest deadline of a call, and the time that a busy machine may add, ms. */
const DEADLINE_MS = 15_000, SLACK_MS = 5_000;

Deno.test({
  name: "whichever call into libusb hangs, the work ends by its deadline and names it",
  ignore: library === undefined,
  fn: async () => {
    assert.equal((await endingOf(program, [library!], "nothing")).kind, undefined);
    await withEach(names, async (call) => {
      const { ms, kind, message, port, ...more } = await endingOf(program, [library!], call);
      assert.ok(ms < DEADLINE_MS + SLACK_MS, `${call}: ${ms} ms`);
      if (unawaited.has(call)) return;
      assert.equal(kind, "timeout", call);
      assert.equal(more.call, call);
      assert.match(message!, new RegExp(`^The operating system hangs: ${call} `));
      const isOfDevice = !/init|list|unref/.test(call);
      assert.equal(port, isOfDevice ? PORT : null, call);
    });
  },
});

Deno.test({
  name: "whichever call into libusb hangs, Ctrl-C ends the program within two seconds",
  ignore: library === undefined,
  fn: async () => {
    const stop = { isStopped: true };
    await withEach(names, async (call) => {
      const { stoppedMs = 0 } = await endingOf(program, [library!], call, stop);
      assert.ok(stoppedMs < 2_000, `${call}: ${stoppedMs} ms`);
    });
  },
});
