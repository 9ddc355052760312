import { goldenRun } from "../support/faults/golden.ts";
import { judge } from "../support/faults/judge.ts";
import { subjectNamed } from "../faults/subjects.ts";

/**
 * Tries faults of the given names on one job, spread over it, and ends with 1 at the first problem:
 * `fault_sample.ts openmv-h7.flash nothing flip`.
 */

/** Cases for each name. */
const SAMPLE = 24;

const [id, ...names] = Deno.args;
const subject = subjectNamed(id);
const { faults } = await goldenRun(subject);
for (const name of names) {
  const all = faults.filter((fault) => fault.name === name);
  if (all.length === 0) throw new Error(`${id} has no fault ${name}`);
  const count = Math.min(SAMPLE, all.length);
  for (let number = 0; number < count; number++) {
    // From the end on: what is written last is what makes a camera start.
    const fault = all[all.length - 1 - Math.floor(number / count * all.length)];
    const { problems } = await judge(subject, { subject: id, runs: [[fault]] });
    for (const { kind, case: one, text } of problems) console.log(`${kind}: ${one}: ${text}`);
    if (problems.length > 0) Deno.exit(1);
  }
}
