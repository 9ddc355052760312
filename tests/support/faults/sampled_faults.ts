import assert from "node:assert/strict";
import { goldenRun } from "./golden.ts";
import { judge } from "./judge.ts";
import type { FaultSubject } from "./subject.ts";

/** The number of single faults that a family's test tries for each subject. */
const SAMPLE = 24;

/**
 * Tests each subject with a few faults, spread over its transfers and over the kinds of faults.
 * `deno task faults` tries all of them.
 */
export function testFaultSamples(subjects: readonly FaultSubject[]): void {
  for (const subject of subjects) {
    Deno.test(`${subject.id}: the camera survives a sample of faults`, async () => {
      const { faults } = await goldenRun(subject);
      assert.ok(faults.length >= SAMPLE, `only ${faults.length} faults are possible`);
      for (let number = 0; number < SAMPLE; number++) {
        const fault = faults[Math.floor((number + 0.5) / SAMPLE * faults.length)];
        const { problems, fired } = await judge(subject, { subject: subject.id, runs: [[fault]] });
        assert.deepEqual(problems, []);
        assert.ok(fired > 0, `${fault.at}:${fault.name} did not take place`);
      }
    });
  }
}
