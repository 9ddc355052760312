import assert from "node:assert/strict";
import { hangingLibrary, namesOf } from "../../tests/support/ffi/hanging_library.ts";
import { endingOf, STOP_MS, withEach } from "../../tests/support/ffi/hanging_program.ts";
import { MissingProgram } from "../../tools/run.ts";
import { linuxSymbols } from "./posix/symbols.ts";

const program = new URL("../../tests/support/ffi/serial_calls_program.ts", import.meta.url);

/** What is done, and the calls that it waits for, by the names in the error. */
const calls: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  port: {
    open: "open",
    flock: "flock",
    ioctl: "ioctl",
    tcflush: "tcflush",
    write: "write",
    read: "read",
    // Its own deadline, half a second here, may come before the stop.
    poll: "wait",
    // Also used by the pipe that ends a wait.
    close: "wait",
  },
  list: { scandir: "scandir" },
  files: {
    scandir: "scandir",
    realpath: "realpath",
    open: "open",
    read: "read",
    close: "close",
    access: "access",
  },
};
/** The longest deadline of a call, ms. */
const DEADLINE_MS = 6_000;

async function compiled(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return await hangingLibrary("libc.so.6", namesOf(linuxSymbols));
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.log(`skipped: ${error.message}`);
  }
}

const library = await compiled();

for (const [what, names] of Object.entries(calls)) {
  Deno.test({
    name: `${what}: whichever call into the C library hangs, the work ends and names it`,
    ignore: library === undefined,
    fn: async () => {
      const whole = await endingOf(program, [library!, what], "nothing");
      assert.equal(whole.kind, undefined, whole.message);
      await withEach(Object.entries(names), async ([call, told]) => {
        const ending = await endingOf(program, [library!, what], call);
        assert.ok(ending.ms < DEADLINE_MS + ending.slackMs, `${call}: ${ending.ms} ms`);
        assert.deepEqual([ending.kind, ending.call], ["timeout", told], call);
        if (what === "port") assert.equal(ending.port, "1-1.3");
        const stopped = await endingOf(program, [library!, what], call, { isStopped: true });
        assert.ok(stopped.ms < STOP_MS + stopped.slackMs, `${call}: ${stopped.ms} ms`);
        if (told !== "wait") assert.equal(stopped.kind, "cancelled", call);
      });
    },
  });
}
