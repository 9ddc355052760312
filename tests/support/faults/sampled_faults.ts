import assert from "node:assert/strict";
import { goldenRun } from "./golden.ts";
import { judge } from "./judge.ts";
import type { FaultSubject } from "./subject.ts";

/** The number of single faults that a family's test tries for each subject; of one that saves first. */
const SAMPLE = 24, SAMPLE_SAVING = 8;

/**
 * Tests each subject with a few faults, spread over its transfers and over the kinds of faults.
 * `deno task faults` tries all of them.
 */
export function testFaultSamples(subjects: readonly FaultSubject[]): void {
  for (const subject of subjects) {
    Deno.test(`${subject.id}: the camera survives a sample of faults`, async () => {
      const { faults } = await goldenRun(subject);
      const sample = subject.isSaving ? SAMPLE_SAVING : SAMPLE;
      assert.ok(faults.length >= sample, `only ${faults.length} faults are possible`);
      for (let number = 0; number < sample; number++) {
        const fault = faults[Math.floor((number + 0.5) / sample * faults.length)];
        const { problems, fired } = await judge(subject, { subject: subject.id, runs: [[fault]] });
        assert.deepEqual(problems, []);
        assert.ok(fired > 0, `${fault.at}:${fault.name} did not take place`);
      }
    });
  }
}
