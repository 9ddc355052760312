import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import { Pty } from "../support/ffi/pty.ts";
import { ensureDenort } from "../../tools/native.ts";
import { run } from "../../tools/run.ts";
import { projectRoot } from "../../tools/targets.ts";
import { type ExecutableCase, outcomeText } from "../executables/launcher.ts";
import { wine, wineSystem } from "./chroot.ts";

const PORT = "COM9", PROGRAM = "/try/serial_trial.exe";
/** Wine's table of serial ports, which it reads when its server starts. */
const PORTS_KEY = "HKLM\\Software\\Wine\\Ports";

/**
 * Cases with serial ports: a pty is the COM port. In Wine it belongs to no USB device, and is not
 * locked.
 */
export const serialCases: readonly ExecutableCase[] = [{
  name: "serial port: 55000 baud, every length, deadline, abort, a rate later",
  async run() {
    await compileTrial(wineSystem.outside(PROGRAM));
    const pty = new Pty();
    const rates = new Set<number>();
    try {
      await wine(["reg", "add", PORTS_KEY, "/v", PORT, "/t", "REG_SZ", "/d", pty.path, "/f"]);
      await wineSystem.enter(["wineserver", "-w"]);
      const stop = new AbortController();
      const echo = sendBack(pty, rates, stop.signal);
      const outcome = await wine([PROGRAM, PORT]);
      stop.abort();
      await echo;
      assert.equal(outcome.code, 0, outcomeText(outcome));
      assert.deepEqual([...rates], [55_000, 921_600]);
    } finally {
      await wine(["reg", "delete", PORTS_KEY, "/v", PORT, "/f"]);
      pty.close();
    }
  },
}];

async function compileTrial(output: string): Promise<void> {
  await run(Deno.execPath(), [
    ...["compile", "--quiet", "--no-prompt", "--allow-ffi", "--no-lock"],
    ...["--target", "x86_64-pc-windows-msvc", "--output", output, "tests/windows/serial_trial.ts"],
  ], {
    cwd: projectRoot,
    env: { DENORT_BIN: Deno.env.get("DENORT_BIN") ?? await ensureDenort("windows-x64") },
  });
}

/** Returns what it receives, and records the baud rate. */
async function sendBack(pty: Pty, rates: Set<number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const bytes = pty.received();
    if (bytes.length === 0) await systemClock.sleep(10);
    else {
      rates.add(pty.settings().rate);
      pty.send(bytes.slice());
    }
  }
}
