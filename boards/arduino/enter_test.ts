import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import type { Expectation } from "../../core/device/camera_access.ts";
import type { DetectedDevice, Mode } from "../../core/device/detected_device.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { scriptedContext } from "../../tests/support/plan/scripted_context.ts";
import { portentaBoards } from "./boards.ts";
import { enterStep, leaveStep, startStep } from "./enter.ts";

/** How a board gets into its bootloader, and out of it (openmv-boards.md 3.6). */

const [board] = portentaBoards;
const FIRMWARE = 0x0804_0000;

const device = (mode: Mode) =>
  ({
    mode,
    title: `a ${mode}`,
    seen: { usb: { portPath: "1-1", descriptor: {} } },
  }) as unknown as DetectedDevice;
const failing = (kind: ErrorKind, seen: string | null = null) =>
  new UnbrickError(kind, `It is ${kind}.`, { seen });
const ask = <T>(answer: T | UnbrickError) =>
  answer instanceof UnbrickError ? Promise.reject(answer) : Promise.resolve(answer);

interface Answers {
  /** What is on the bus at the start. */
  readonly present?: readonly Mode[];
  readonly gone?: UnbrickError;
  readonly alone?: DetectedDevice | UnbrickError;
  readonly byHand?: DetectedDevice | UnbrickError;
}

function rig({ present = [], gone, alone = failing("bug"), byHand = failing("bug") }: Answers) {
  const calls: string[] = [];
  const note = (what: string, { modes, deadlineMs }: Expectation) =>
    calls.push(`${what} ${modes} ${deadlineMs}`);
  const context = scriptedContext({
    board,
    serial: { list: () => Promise.resolve([]) } as unknown as StepContext["serial"],
    detected: (modes) =>
      Promise.resolve(modes.map((mode) => present.includes(mode) ? device(mode) : undefined)[0]),
    use: ((kind) => {
      calls.push(`use ${kind.modes}`);
      return Promise.resolve();
    }) as StepContext["use"],
    waitGone: ({ mode }, deadlineMs) => {
      calls.push(`gone ${mode} ${deadlineMs}`);
      return ask(gone);
    },
    waitFor: (expectation) => {
      note("wait", expectation);
      return ask(alone);
    },
    request: (actions, expectation) => {
      note(`ask ${actions.map(({ id }) => id)}`, expectation);
      return ask(byHand);
    },
  } as Partial<StepContext>);
  return { context, calls };
}

const leaving = ["use bootloader", "gone bootloader 5000"];

for (
  const [what, present, calls] of [
    ["it waits there already", ["bootloader"], []],
    ["nothing is plugged in", [], ["ask plug,press-reset-twice bootloader undefined"]],
    ["it runs and has no serial port", ["firmware"], [
      "ask press-reset-twice bootloader undefined",
    ]],
  ] as const
) {
  Deno.test(`into the bootloader: ${what}`, async () => {
    const { context, calls: made } = rig({ present, byHand: device("bootloader") });
    await enterStep(board).run(context);
    assert.deepEqual(made, calls);
  });
}

Deno.test("a board that started is proven by what appeared", async () => {
  const { context, calls } = rig({ present: ["bootloader"], alone: device("firmware") });
  const step = startStep(board, FIRMWARE);
  await step.run(context);
  assert.deepEqual(calls, [...leaving, "wait firmware 60000"]);
  const proof = await step.prove!(context);
  assert.equal(String(proof?.claim), "The board started and appeared as a firmware.");
  assert.equal(proof?.evidence, "alive");
  assert.equal(calls.at(-1), "wait firmware 60000");
  assert.deepEqual(context.notes, []);
});

Deno.test("a board that does not start by itself is plugged in again, without its sensor if it has a module", async () => {
  for (const alone of [failing("timeout"), failing("wrong-board")]) {
    const { context, calls } = rig({ alone, byHand: device("firmware") });
    await startStep(board, FIRMWARE).run(context);
    // It is not in its bootloader, so nothing is to be left.
    assert.deepEqual(calls, ["wait firmware 60000", "ask unplug,plug firmware undefined"]);
    assert.match(context.notes.join(), /did not start by itself.*take the module off/);
  }
});

Deno.test("a board that stays dark is not started; any other error ends the run as it is", async () => {
  const step = startStep(board, FIRMWARE);
  const dark = rig({ alone: failing("timeout"), byHand: failing("timeout") });
  await assert.rejects(Promise.resolve(step.run(dark.context)), { kind: "not-started" });
  await assert.rejects(Promise.resolve(step.prove!(dark.context)), { kind: "not-started" });
  const busy = rig({ alone: failing("busy"), byHand: device("firmware") });
  await assert.rejects(Promise.resolve(step.run(busy.context)), { kind: "busy" });
  assert.deepEqual(busy.calls, ["wait firmware 60000"]);
});

Deno.test("a bootloader that does not leave is noted, another error is told", async () => {
  const step = leaveStep(FIRMWARE);
  const slow = rig({ present: ["bootloader"], gone: failing("timeout") });
  await step.run(slow.context);
  assert.deepEqual([slow.calls, slow.context.notes], [leaving, [
    "The bootloader did not start the board.",
  ]]);
  const left = rig({ present: ["bootloader"] });
  await step.run(left.context);
  assert.deepEqual([left.calls, left.context.notes], [leaving, []]);
  const denied = rig({ present: ["bootloader"], gone: failing("permission") });
  await assert.rejects(Promise.resolve(step.run(denied.context)), { kind: "permission" });
  const absent = rig({});
  await step.run(absent.context);
  assert.deepEqual(absent.calls, []);
});
