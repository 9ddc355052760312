import fc from "fast-check";
import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import { caseId, parseCaseId } from "../support/faults/case_id.ts";
import { goldenRun } from "../support/faults/golden.ts";
import { judge } from "../support/faults/judge.ts";
import type { FaultCamera, FaultSubject } from "../support/faults/subject.ts";
import { Output } from "../../core/cli/terminal/output.ts";
import { damagedThenStarted } from "./cases.ts";
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

Deno.test("a ROMFS that was damaged and never compared is kept, and the option to overwrite it repairs it", async () => {
  const subject = subjectNamed("openmv-h7-plus.restore");
  const both = parseCaseId("openmv-h7-plus.restore/176:flip+182:kill-jumper-off");
  const { problems, isRescued } = await judge(subject, both);
  assert.deepEqual({ problems, isRescued }, { problems: [], isRescued: true });
  // A run that keeps it although nothing can have damaged it has failed.
  const keeping: FaultSubject = {
    ...subject,
    options: { ...subject.options, knownRomfs: [] },
  };
  const alone = await judge(keeping, { subject: subject.id, runs: [[both.runs[0][1]]] });
  assert.ok(alone.problems.some(({ kind }) => kind === "not-repaired"));
});

Deno.test("a full disk and output that is not read change nothing, and the loss is known", async () => {
  for (const name of ["output-closed", "output-full", "output-hung", "disk-full"]) {
    const { problems, ends, fired } = await judge(honest, {
      subject: honest.id,
      runs: [[{ at: 4, name }]],
    });
    assert.deepEqual({ problems, ends, fired }, { problems: [], ends: ["success"], fired: 1 });
  }
});

Deno.test("lost output that nobody is told of is a wrong end", async () => {
  const failure = Object.getOwnPropertyDescriptor(Output.prototype, "failure")!;
  Object.defineProperty(Output.prototype, "failure", { get: () => undefined, configurable: true });
  try {
    const { problems } = await judge(honest, {
      subject: honest.id,
      runs: [[{ at: 4, name: "output-full" }]],
    });
    assert.deepEqual(problems.map(({ kind, text }) => `${kind}: ${text}`), [
      "wrong-end: lost output is not told",
    ]);
  } finally {
    Object.defineProperty(Output.prototype, "failure", failure);
  }
});

Deno.test("a bootloader that was damaged and then started without its jumper is a disaster", async () => {
  const bootloader = honest.images.get("bootloader")!.bytes;
  const damaging: FaultSubject = {
    ...honest,
    camera(trial) {
      const camera = honest.camera(trial);
      const { memory, address } = camera.program!;
      const program = memory.program.bind(memory);
      // A program that writes its head before it has looked at the rest.
      memory.program = (at, data, part) => {
        const done = program(at, data, part);
        if (at === address + 0x1000) {
          memory.load(address, bootloader.subarray(0, 32));
          memory.load(address + 0x1001, Uint8Array.of(bootloader[0x1001] ^ 1));
        }
        return done;
      };
      return camera;
    },
  };
  const { faults, ending } = await goldenRun(honest);
  const kills = faults.filter(({ name }) => name === "kill-jumper-off");
  const texts: string[] = [];
  for (const kill of kills) {
    const { problems } = await judge(damaging, { subject: honest.id, runs: [[kill]] });
    texts.push(...problems.map(({ kind, text }) => `${kind}: ${text}`));
  }
  assert.ok(texts.includes("disaster: it starts a program that is half written"));
  for (const one of damagedThenStarted(honest, faults, ending.lastWorkAt).slice(0, 12)) {
    assert.deepEqual((await judge(honest, parseCaseId(one))).problems, []);
  }
});
