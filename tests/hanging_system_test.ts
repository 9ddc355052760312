import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { symbols } from "../ffi/libusb/symbols.ts";
import { hangEnvironment, waitingNamesOf } from "./support/ffi/hanging_library.ts";
import { withEach } from "./support/ffi/hanging_program.ts";
import { hangingLibusb, PORT } from "./support/ffi/hanging_libusb.ts";

/** The program as a person runs it, with a libusb that does not come back from one of its calls. */

const library = await hangingLibusb();
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** What doctor promises, and what a busy machine may add to the start of a program, ms. */
const DOCTOR_MS = 10_000, START_MS = 5_000;

interface Ending {
  readonly ms: number;
  readonly code: number;
  readonly said: string;
}

async function run(
  call: string,
  words: readonly string[],
  onStart: (child: Deno.ChildProcess) => void = () => {},
): Promise<Ending> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", main, ...words, "--libusb", library!],
    env: { ...hangEnvironment({ call }), NO_COLOR: "1", LANG: "en" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  onStart(child);
  const killed = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(killed);
  const text = new TextDecoder();
  const said = (text.decode(stdout) + text.decode(stderr)).replaceAll(/\s+/g, " ");
  return { ms: performance.now() - start, code, said };
}

/** The calls of doctor whose answer it waits for, and whether they are made for one device. */
const ofDoctor = {
  libusb_init: false,
  libusb_get_device_list: false,
  libusb_open: true,
  libusb_submit_transfer: true,
  libusb_handle_events_timeout_completed: true,
};

Deno.test({
  name: "doctor answers within 10 s, whichever call hangs, and says which and on which port",
  ignore: library === undefined,
  fn: async () => {
    await withEach(waitingNamesOf(symbols), async (call) => {
      const { ms, code, said } = await run(call, ["doctor"]);
      assert.ok(ms < DOCTOR_MS + START_MS, `${call}: ${ms} ms`);
      assert.match(said, /problems? found|No problems found/, said);
      if (!Object.hasOwn(ofDoctor, call)) return;
      assert.equal(code, 8, said);
      assert.match(said, new RegExp(`The operating system hangs: ${call} `), said);
      if (ofDoctor[call as keyof typeof ofDoctor]) {
        assert.match(said, new RegExp(`Unplug the device on port ${PORT}`), said);
      } else assert.match(said, /Unplug USB devices that you do not need/, said);
    });
  },
});

Deno.test({
  name: "a list that never comes: devices ends with the cause; Ctrl-C ends it within two seconds",
  ignore: library === undefined,
  fn: async () => {
    const waits = run("libusb_get_device_list", ["devices"]);
    let stopped = Infinity;
    const stops = run("libusb_get_device_list", ["devices"], (child) => {
      setTimeout(() => {
        stopped = performance.now();
        child.kill("SIGINT");
      }, 4_000);
    }).then((ending) => ({ ...ending, afterMs: performance.now() - stopped }));
    const { code, said, ms } = await waits;
    assert.equal(code, 8, said);
    assert.match(said, /hangs: libusb_get_device_list has not come back within 6 s/);
    assert.ok(ms < 6_000 + START_MS, `${ms} ms`);
    const stop = await stops;
    assert.equal(stop.code, 130, stop.said);
    assert.ok(stop.afterMs < 2_000, `${stop.afterMs} ms`);
  },
});
