import assert from "node:assert/strict";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { DebugSession } from "../protocols/openmv_debug/client/debug_session.ts";
import { answerLine, checkScript } from "../protocols/openmv_debug/packets/check_script.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { awaitAnswer } from "./check_answer.ts";

/** Waits for the answer of a program that prints these pieces, one at each look. */
async function answered(...pieces: string[]) {
  const clock = new VirtualClock();
  const calls: string[] = [], bar: unknown[][] = [];
  const session = {
    preview: () => Promise.resolve(void calls.push("preview")),
    start: (script: string) => Promise.resolve(void calls.push(script)),
    output: () => Promise.resolve(pieces.shift() ?? ""),
  } as unknown as DebugSession;
  const context = {
    clock,
    signal: new AbortController().signal,
    progress: (...values: unknown[]) => bar.push(values),
  } as unknown as StepContext;
  const found = clock.run(() => awaitAnswer(context, session));
  await found.catch(() => {});
  return { found, calls, bar, ms: clock.elapsed };
}

Deno.test("the preview is turned on, then the program starts, and its answer may come in pieces", async () => {
  const line = answerLine({ arch: "a toy", sums: [1, 2] });
  const { found, calls, bar, ms } = await answered(
    "boot text",
    "",
    line.slice(0, 20),
    line.slice(20),
  );
  assert.deepEqual(await found, { arch: "a toy", sums: [1, 2] });
  assert.deepEqual(calls, ["preview", checkScript]);
  assert.equal(ms, 150);
  assert.deepEqual(bar, [0, 50, 100].map((done) => [done, 15_000, "milliseconds"]));
});

Deno.test("a program that prints nothing is waited for 15 s", async () => {
  const { found, bar, ms } = await answered();
  const error = await errorOf(found, "timeout");
  assert.equal(error.message, "The camera does not answer on its serial port.");
  assert.deepEqual([ms, bar.length], [15_000, 300]);
});

Deno.test("a program that ends with an error is told by its last line, in printable characters", async () => {
  const end = "\r\nMPY: soft reboot\r\n";
  for (
    const [output, fault] of [
      [`Traceback\r\n  File "<stdin>"\r\nMemoryError: \r\n${end}`, "MemoryError:"],
      [`OSError: [Errno 5] EIO\r\n${end}`, "OSError: [Errno 5] EIO"],
      ["SomeException: why\n\nMPY: soft reboot", "SomeException: why"],
      [`RuntimeError: caf\u00e9 \u0007 fault\r\n${end}`, "RuntimeError: caf? ? fault"],
    ]
  ) {
    const { found, ms } = await answered(output);
    const error = await errorOf(found, "device-status");
    assert.equal(
      error.message,
      `The program that takes the pictures ended with an error of the camera: ${fault}`,
    );
    assert.deepEqual([error.data, ms], [{ fault }, 0]);
  }
});

Deno.test("an error that the program survived, and the interruption of the one before, are no end", async () => {
  for (const output of ["OSError: not yet\r\n", "KeyboardInterrupt: \r\nMPY: soft reboot\r\n"]) {
    const { found } = await answered(output, answerLine({ mean: 3 }));
    assert.deepEqual(await found, { mean: 3 });
  }
});
