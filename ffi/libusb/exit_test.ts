import assert from "node:assert/strict";
import { openFake } from "../../tests/support/ffi/fake_libusb.ts";

const fake = await openFake("hotplug");

/** Runs a program that ends with Deno.exit in the named state, and returns what was left open. */
async function exitWhile(state: string): Promise<unknown> {
  const program = new URL("../../tests/support/ffi/exit_program.ts", import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program.href, state],
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 7, `${state}: exit code ${code}\n${text.decode(stderr)}`);
  return JSON.parse(text.decode(stdout));
}

Deno.test({
  name: "Deno.exit releases what is open, and never ends the process by a signal",
  ignore: fake === undefined,
  fn: async () => {
    const nothing = { handles: 0, claims: 0, transfers: 0 };
    assert.deepEqual(await exitWhile("open"), nothing);
    // What another thread is using is left to the kernel.
    for (const state of ["transferring", "waiting", "closing"]) await exitWhile(state);
  },
});
