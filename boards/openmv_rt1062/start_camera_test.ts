import assert from "node:assert/strict";
import type { Expectation } from "../../core/device/camera_access.ts";
import type { DetectedDevice, Mode } from "../../core/device/detected_device.ts";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { scriptedContext, sessionOf } from "../../tests/support/plan/scripted_context.ts";
import { flashloader, ownLoader } from "./loader.ts";
import { rebootStep, restartStep } from "./start_camera.ts";

/** What a camera does after its reset, with and without its jumper (imxrt-sdp-flashloader.md C9). */

const device = (mode: Mode, address: number, title: string = mode) =>
  ({ mode, title, seen: { usb: { address, portPath: "1-1" } } }) as unknown as DetectedDevice;
const failing = (kind: ErrorKind, seen: string | null = null) =>
  new UnbrickError(kind, `It is ${kind}.`, { seen });
const ask = <T>(answer: T | UnbrickError) =>
  answer instanceof UnbrickError ? Promise.reject(answer) : Promise.resolve(answer);

interface Answers {
  /** What appears by itself. */
  readonly alone: DetectedDevice | UnbrickError;
  /** What appears after the steps by hand. */
  readonly byHand?: DetectedDevice | UnbrickError;
  readonly gone?: UnbrickError;
  /** Thrown by the second session, which asks the bootloader for its id. */
  readonly ownBootloader?: UnbrickError;
}

const before = device("bootloader", 5);

function rig({ alone, byHand = failing("bug"), gone, ownBootloader }: Answers) {
  const calls: string[] = [], expected: Expectation[] = [];
  const session = sessionOf({
    client: { reset: () => Promise.resolve(calls.push("reset")) },
    detected: before,
  });
  const context = scriptedContext({
    use: (kind, work) => {
      calls.push(kind === ownLoader ? "own bootloader" : "flashloader");
      return kind === ownLoader && ownBootloader ? ask(ownBootloader) : session(kind, work);
    },
    waitGone: (left, deadlineMs) => {
      calls.push(`gone ${left.seen.usb.address} ${deadlineMs}`);
      return ask(gone);
    },
    waitFor: (expectation) => {
      calls.push(`wait ${expectation.modes.join(" ")} ${expectation.deadlineMs}`);
      expected.push(expectation);
      return ask(alone);
    },
    request: (actions, expectation) => {
      calls.push(`ask ${actions.map(({ id }) => id)} ${expectation.modes.join(" ")}`);
      expected.push(expectation);
      return ask(byHand);
    },
  } as Partial<StepContext>);
  return { context, calls, expected };
}

const firmware = device("firmware", 6), rom = device("rom", 6);
const own = device("bootloader", 7, "NXP bootloader");
const leaving = ["flashloader", "reset", "gone 5 5000"];
const byHand = "ask unplug,remove-jumper,plug firmware";

for (
  const [what, answers, calls] of [
    ["without a jumper", { alone: firmware }, []],
    ["with its jumper", { alone: rom, byHand: firmware }, [byHand]],
    ["nothing comes", { alone: failing("timeout"), byHand: firmware }, [byHand]],
    ["another camera is there", { alone: failing("wrong-board"), byHand: firmware }, [byHand]],
    ["it is slow to leave", { alone: firmware, gone: failing("timeout") }, []],
  ] as readonly [string, Answers, string[]][]
) {
  Deno.test(`after the reset of a restore: ${what}`, async () => {
    const { context, calls: made, expected } = rig(answers);
    const step = restartStep(flashloader, ["firmware"]);
    await step.run(context);
    assert.deepEqual(made, [...leaving, "wait rom firmware 10000", ...calls]);
    for (const { accept } of expected) {
      assert.equal(accept!(before), false, "the loader that is still listed");
      assert.equal(accept!(firmware), true);
    }
    const { claim, evidence } = (await step.prove!(context))!;
    assert.equal(evidence, "alive");
    assert.match(String(claim), /running its firmware \(37c5:1060\)/);
  });
}

Deno.test("without firmware of this run its own bootloader is enough, if its id is the same", async () => {
  for (const ownBootloader of [undefined, failing("disconnected"), failing("timeout")]) {
    const { context, calls } = rig({ alone: own, ...(ownBootloader && { ownBootloader }) });
    const step = restartStep(flashloader, ["firmware", "bootloader"]);
    await step.run(context);
    const asked = ["own bootloader", ...(ownBootloader ? [] : ["reset", "gone 5 5000"])];
    assert.deepEqual(calls, [...leaving, "wait rom firmware bootloader 10000", ...asked]);
    const { claim } = (await step.prove!(context))!;
    assert.equal(String(claim), "The camera's own bootloader started (NXP bootloader).");
  }
  const { context } = rig({ alone: own, ownBootloader: failing("wrong-board") });
  const step = restartStep(flashloader, ["firmware", "bootloader"]);
  await assert.rejects(Promise.resolve(step.run(context)), { kind: "wrong-board" });
});

Deno.test("what no step by hand can change ends the run", async () => {
  for (
    const answers of [
      { alone: failing("busy"), byHand: firmware },
      { alone: firmware, gone: failing("permission") },
    ]
  ) {
    for (const step of [restartStep(flashloader, ["firmware"]), rebootStep(flashloader)]) {
      const { context, calls } = rig(answers);
      await assert.rejects(Promise.resolve(step.run(context)), /It is (busy|permission)/);
      assert.ok(!calls.some((call) => call.startsWith("ask")), calls.join());
    }
  }
});

Deno.test("a camera that was written and stays dark is not started; without firmware it is a timeout", async () => {
  const dark = { alone: failing("timeout"), byHand: failing("timeout") };
  for (
    const [step, kind] of [
      [restartStep(flashloader, ["firmware"]), "not-started"],
      [restartStep(flashloader, ["firmware", "bootloader"]), "timeout"],
      [rebootStep(flashloader), "not-started"],
    ] as const
  ) {
    await assert.rejects(Promise.resolve(step.run(rig(dark).context)), { kind });
  }
});

Deno.test("after a flash the firmware has 30 s to start, and nothing is asked for", async () => {
  const { context, calls } = rig({ alone: firmware });
  const step = rebootStep(ownLoader);
  await step.run(context);
  assert.deepEqual(calls, ["own bootloader", "reset", "gone 5 5000", "wait firmware 30000"]);
  assert.equal((await step.prove!(context))?.evidence, "alive");
});
