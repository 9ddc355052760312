import assert from "node:assert/strict";
import { waitingNamesOf } from "../../tests/support/ffi/hanging_library.ts";
import { hangingLibusb, PORT } from "../../tests/support/ffi/hanging_libusb.ts";
import { endingOf, STOP_MS, withEach } from "../../tests/support/ffi/hanging_program.ts";
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
/** Calls whose own deadline may come before the stop: here a transfer has half a second. */
const isSoonOver = new Set(["libusb_submit_transfer", "libusb_cancel_transfer"]);
/** The longest deadlines of the calls of one run together, ms. */
const DEADLINE_MS = 15_000;

Deno.test({
  name: "whichever call into libusb hangs, the work ends by its deadline and names it",
  ignore: library === undefined,
  fn: async () => {
    assert.equal((await endingOf(program, [library!], "nothing")).kind, undefined);
    await withEach(names, async (call) => {
      const { ms, slackMs, isReached, kind, message, port, ...more } = await endingOf(
        program,
        [library!],
        call,
      );
      assert.ok(isReached, `${call} is not used`);
      assert.ok(ms < DEADLINE_MS + slackMs, `${call}: ${ms} ms`);
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
      const { ms, slackMs, kind } = await endingOf(program, [library!], call, stop);
      assert.ok(ms < STOP_MS + slackMs, `${call}: ${ms} ms`);
      if (!unawaited.has(call) && !isSoonOver.has(call)) assert.equal(kind, "cancelled", call);
    });
  },
});
