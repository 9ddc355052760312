import assert from "node:assert/strict";
import { hangEnvironment, waitingNamesOf } from "../../tests/support/ffi/hanging_library.ts";
import { hangingLibusb, PORT } from "../../tests/support/ffi/hanging_libusb.ts";
import { symbols } from "./symbols.ts";

const library = await hangingLibusb();
const program = new URL("../../tests/support/ffi/libusb_calls_program.ts", import.meta.url);

/** Those that nobody waits for: they give back what was used, or wake a thread. */
const unawaited = new Set([
  "libusb_exit",
  "libusb_close",
  "libusb_free_device_list",
  "libusb_interrupt_event_handler",
]);
/** The longest deadline of a call, and what a busy machine may add, ms. */
const DEADLINE_MS = 15_000, SLACK_MS = 5_000;
const STOP_AFTER_MS = 2_500, STOPPED_WITHIN_MS = 2_000;

interface Ending {
  readonly ms: number;
  readonly kind?: string;
  readonly message?: string;
  readonly call?: string;
  readonly port?: string;
}

/** Runs everything with one function that hangs. @param onStart what is done to the program meanwhile */
async function run(
  call: string,
  meanwhile: (program: Deno.ChildProcess) => Promise<void> = () => Promise.resolve(),
): Promise<Ending> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", program.href, library!],
    env: hangEnvironment({ call }),
    stdout: "piped",
    stderr: "piped",
  });
  const start = performance.now();
  const child = command.spawn();
  await meanwhile(child);
  const killed = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(killed);
  const text = new TextDecoder();
  assert.equal(code, 0, `${call}: ${code}\n${text.decode(stdout)}${text.decode(stderr)}`);
  return { ...JSON.parse(text.decode(stdout)), ms: performance.now() - start };
}

const names = waitingNamesOf(symbols);

Deno.test({
  name: "whichever call into libusb hangs, the work ends by its deadline and names it",
  ignore: library === undefined,
  fn: async () => {
    assert.deepEqual((await run("nothing")).kind, undefined);
    const endings = await Promise.all(names.map((call) => run(call)));
    for (const [at, call] of names.entries()) {
      const { ms, kind, message, port, ...more } = endings[at];
      assert.ok(ms < DEADLINE_MS + SLACK_MS, `${call}: ${ms} ms`);
      if (unawaited.has(call)) continue;
      assert.equal(kind, "timeout", call);
      assert.equal(more.call, call);
      assert.match(message!, new RegExp(`^The operating system hangs: ${call} `));
      const isOfDevice = !/init|list|unref/.test(call);
      assert.equal(port, isOfDevice ? PORT : null, call);
    }
  },
});

Deno.test({
  name: "whichever call into libusb hangs, Ctrl-C ends the program within two seconds",
  ignore: library === undefined,
  fn: async () => {
    await Promise.all(names.map(async (call) => {
      let stoppedAt = Infinity;
      const ending = await run(call, async (child) => {
        await new Promise((resolve) => setTimeout(resolve, STOP_AFTER_MS));
        try {
          child.kill("SIGINT");
          stoppedAt = performance.now();
        } catch {
          // It has ended already: nothing waited for this call.
        }
      });
      assert.ok(performance.now() - stoppedAt < STOPPED_WITHIN_MS, `${call}: ${ending.ms} ms`);
    }));
  },
});
