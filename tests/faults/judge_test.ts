import fc from "fast-check";
import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import { caseId, parseCaseId } from "../support/faults/case_id.ts";
import { goldenRun } from "../support/faults/golden.ts";
import { judge } from "../support/faults/judge.ts";
import type { FaultCamera, FaultSubject } from "../support/faults/subject.ts";
import type { Step } from "../../core/plan/step.ts";
import { subjectNamed } from "./subjects.ts";

/** Tests the judge itself: it must detect each kind of problem. */

const honest = subjectNamed("openmv-m4.bootloader");
const stall = (subject: FaultSubject, at = 1) => ({
  subject: subject.id,
  runs: [[{ at, name: "stall" }]],
});

async function problemsOf(subject: FaultSubject, at?: number): Promise<string[]> {
  const { problems } = await judge(subject, stall(subject, at));
  return problems.map(({ kind, text }) => `${kind}: ${text}`);
}

/** Returns the honest subject with a changed camera. */
const seenAs = (change: (camera: FaultCamera) => Partial<FaultCamera>): FaultSubject => ({
  ...honest,
  camera(trial) {
    const camera = honest.camera(trial);
    return { ...camera, ...change(camera) };
  },
});

/** Returns the honest subject with this in place of its steps. */
function doing(run: (camera: FaultCamera) => Promise<void>): FaultSubject {
  let camera: FaultCamera;
  const step: Step = {
    id: "cheat",
    title: "Cheat",
    weight: 1,
    effect: "none",
    run: () => run(camera),
  };
  const { family, job, board, images } = honest;
  return {
    ...honest,
    family: { ...family, plan: () => ({ job, board, steps: [step], images }) },
    camera: (trial) => camera = honest.camera(trial),
  };
}

Deno.test("an honest run has no problems", async () => {
  assert.deepEqual(await problemsOf(honest, 5), []);
});

Deno.test("success without the work is reported as a false success and as not repaired", async () => {
  const problems = await problemsOf(doing(() => Promise.resolve()));
  assert.deepEqual(problems, [
    "false-success: missing: bootloader",
    "not-repaired: missing: bootloader",
  ]);
});

Deno.test("a change with the outcome unchanged, and a wrong kind of error, are wrong ends", async () => {
  const subject = doing((camera) => {
    camera.memories[0].load(camera.memories[0].base, Uint8Array.of(1));
    throw new UnbrickError("busy", "Another program is using the device.");
  });
  const problems = await problemsOf(subject);
  assert.ok(problems.includes("wrong-end: busy (6): Another program is using the device."));
  assert.ok(problems.includes("wrong-end: said unchanged, and it is not"));
});

Deno.test("a run that never ends is a wrong end", async () => {
  const problems = await problemsOf(doing(() => new Promise(() => {})));
  assert.ok(problems.includes("wrong-end: bug (1): The run never ended."), problems.join("; "));
});

Deno.test("forbiddenOperations and wrongly burnt fuses are reported", async () => {
  assert.deepEqual(
    await problemsOf(seenAs(() => ({ forbiddenOperations: () => ["mass erase"] }))),
    [
      "disaster: mass erase",
    ],
  );
  const fuse = { expected: 1, burns: 2, early: 1, refuse: undefined };
  assert.deepEqual(await problemsOf(seenAs(() => ({ fuse }))), [
    "fuse: burnt before the flash was right",
    "fuse: burnt 2 times",
  ]);
});

Deno.test("a golden run that leaves something undone is refused", async () => {
  await assert.rejects(goldenRun(seenAs(() => ({ missing: () => ["all"] }))), /leaves undone: all/);
  await assert.rejects(goldenRun(seenAs(() => ({ missing: () => [] }))), /has nothing to do/);
});

Deno.test("a killed process does nothing more, and the next one repairs the rest", async () => {
  const { ending } = await goldenRun(honest);
  const at = Math.floor(ending.counts.transfer / 2);
  const { problems, ends, fired } = await judge(honest, {
    subject: honest.id,
    runs: [[{ at, name: "kill" }]],
  });
  assert.deepEqual([problems, ends, fired], [[], ["killed"], 1]);
});

Deno.test("a fuse that is not burnt although the chip reports it is a failure", async () => {
  const subject = subjectNamed("openmv-rt1062.restore");
  const { ending } = await goldenRun(subject);
  // The burn is the last write.
  const { problems, ends } = await judge(subject, {
    subject: subject.id,
    runs: [[{ at: ending.counts.work, name: "nothing" }]],
  });
  assert.deepEqual([problems, ends], [[], ["verify-failed"]]);
});

Deno.test("the id of a case describes it completely", () => {
  const fault = fc.record({
    at: fc.integer({ min: 1, max: 9999 }),
    name: fc.stringMatching(/^[a-z]+(-[a-z]+)?$/),
  }, { noNullPrototype: true });
  const runs = fc.array(fc.array(fault, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(fc.property(runs, (runs) => {
    const one = { subject: "openmv-h7.restore", runs };
    assert.deepEqual(parseCaseId(caseId(one)), one);
  }));
  assert.throws(() => parseCaseId("openmv-h7.restore/unplug"), UnbrickError);
});

Deno.test("after an interruption that only the rescue repairs, the same command may fail without a fault", async () => {
  const subject = subjectNamed("openmv-rt1062.flash");
  const { ending } = await goldenRun(subject);
  // While the vector sector, which is written last, is blank; what follows reads the firmware back.
  const at = ending.counts.transfer - 52;
  const one = parseCaseId(`openmv-rt1062.flash/${at}:unplug/15:flip`);
  const { problems, isRescued } = await judge(subject, one);
  assert.deepEqual([problems, isRescued], [[], true]);
  const { problems: found } = await judge({ ...subject, rescue: undefined }, one);
  assert.deepEqual(found.map(({ kind }) => kind), ["wrong-end", "not-repaired"]);
});
