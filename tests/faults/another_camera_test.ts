import assert from "node:assert/strict";
import { parseCaseId } from "../support/faults/case_id.ts";
import { goldenRun } from "../support/faults/golden.ts";
import { judge } from "../support/faults/judge.ts";
import type { FaultSubject } from "../support/faults/subject.ts";
import { subjectNamed } from "./subjects.ts";

/**
 * Tests a swap: another healthy camera of the same kind is on the port when the firmware should
 * start.
 */

/** Swaps the cameras at the last transfer of a job, which starts the firmware. */
async function swapAtStart(subject: FaultSubject, name: string) {
  const { faults } = await goldenRun(subject);
  const at = Math.max(...faults.filter((one) => one.name === name).map((one) => one.at));
  return await judge(subject, { subject: subject.id, runs: [[{ at, name }]] });
}

const telling = [
  "openmv-m4.restore",
  "openmv-m7.restore",
  "openmv-h7.restore",
  "openmv-h7-plus.restore",
  "openmv-pure-thermal.restore",
  "openmv-n6.restore",
  "openmv-rt1062.restore",
  "openmv-ae3.restore",
  "openmv-m4.flash",
  "openmv-rt1062.flash",
];

for (const id of telling) {
  Deno.test(`${id}: another camera's firmware proves nothing`, async () => {
    const { ends, problems } = await swapAtStart(subjectNamed(id), "another");
    assert.deepEqual({ ends, problems }, { ends: ["wrong-board"], problems: [] });
  });
}

for (const id of [...telling, "arduino-portenta-h7.flash"]) {
  Deno.test(`${id}: a camera without a serial number is not accepted silently`, async () => {
    const { problems } = await swapAtStart(subjectNamed(id), "another-silent");
    assert.deepEqual(problems, []);
  });
}

Deno.test("the judge detects a run that takes another camera for the first one", async () => {
  const honest = subjectNamed("openmv-h7.flash");
  const blind: FaultSubject = {
    ...honest,
    family: {
      ...honest.family,
      plan: (...job) => {
        const plan = honest.family.plan(...job);
        return { ...plan, board: { ...plan.board, isSameUnit: () => true } };
      },
    },
  };
  const { problems } = await swapAtStart(blind, "another");
  assert.deepEqual(problems.map(({ kind, text }) => `${kind}: ${text}`), [
    "false-success: another camera was taken for the first one",
  ]);
});

const otherNames = {
  "a serial number that arrived damaged":
    "arduino-portenta-h7.flash-saving/4:flip+279:another-port",
  "another camera in the second run": "openmv-rt1062.flash-saving/3:stall/3:another",
};

for (const [what, id] of Object.entries(otherNames)) {
  Deno.test(`after ${what}, the backup needs another name, and then everything is right`, async () => {
    const one = parseCaseId(id);
    assert.deepEqual((await judge(subjectNamed(one.subject), one)).problems, []);
  });
}
