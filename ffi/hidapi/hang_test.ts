import assert from "node:assert/strict";
import { openFakeHid } from "../../tests/support/ffi/fake_hidapi.ts";
import { PRODUCT, VENDOR } from "../../tests/support/ffi/hid_camera.ts";
import {
  hangingLibrary,
  namesOf,
  waitingNamesOf,
} from "../../tests/support/ffi/hanging_library.ts";
import { endingOf, STOP_MS, withEach } from "../../tests/support/ffi/hanging_program.ts";
import { symbols } from "./symbols.ts";

const fake = await openFakeHid();
const plug = `call("fake_plug")(1, ${VENDOR}, ${PRODUCT}, 0x14130000, 0, 0, 0, 0, 0);`;
const library = fake && await hangingLibrary(fake.file, namesOf(symbols), plug);
const program = new URL("../../tests/support/ffi/hidapi_calls_program.ts", import.meta.url);
const names = waitingNamesOf(symbols);

/** Calls that nobody waits for: they release what was used. */
const unawaited = new Set(["hid_exit", "hid_close"]);
/** Calls whose own deadline, two seconds here, may come before the stop. */
const isSoonOver = new Set(["hid_write", "hid_read_timeout"]);
/** The longest deadline of a call, ms. */
const DEADLINE_MS = 6_000;

Deno.test({
  name:
    "whichever call into hidapi hangs, the work ends by its deadline and names it; Ctrl-C ends it, too",
  ignore: library === undefined,
  fn: async () => {
    const whole = await endingOf(program, [library!], "nothing");
    assert.equal(whole.kind, undefined, whole.message);
    await withEach(names, async (call) => {
      const ending = await endingOf(program, [library!], call);
      assert.ok(ending.isReached, `${call} is not used`);
      assert.ok(ending.ms < DEADLINE_MS + ending.slackMs, `${call}: ${ending.ms} ms`);
      if (!unawaited.has(call)) {
        assert.deepEqual([ending.kind, ending.call, ending.port], ["timeout", call, "20-1.3"]);
      }
      const stop = { isStopped: true };
      const { ms, slackMs, kind } = await endingOf(program, [library!], call, stop);
      assert.ok(ms < STOP_MS + slackMs, `${call}: ${ms} ms`);
      if (!unawaited.has(call) && !isSoonOver.has(call)) assert.equal(kind, "cancelled", call);
    });
  },
});
