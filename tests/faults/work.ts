import { parseCaseId } from "../support/faults/case_id.ts";
import { judge, type Problem } from "../support/faults/judge.ts";
import { subjectNamed } from "./subjects.ts";
import { emptyTally, type Part, type Tally } from "./totals.ts";

/** Runs cases by their ids. */
export async function carryOut(ids: readonly string[]): Promise<Part> {
  const tallies: Record<string, Tally> = {};
  const problems: Problem[] = [];
  for (const id of ids) {
    const one = parseCaseId(id);
    const subject = subjectNamed(one.subject);
    const tally = tallies[subject.family.id] ??= emptyTally();
    const begin = performance.now();
    const verdict = await judge(subject, one);
    tally.ms += performance.now() - begin;
    tally.runs++;
    if (verdict.fired === 0) tally.unhit++;
    if (verdict.isRescued) tally.rescued++;
    problems.push(...verdict.problems);
    for (const kind of new Set(verdict.problems.map((problem) => problem.kind))) {
      tally.problems[kind]++;
    }
    if (one.runs.length === 1 && one.runs[0].length === 1) {
      const end = `${one.runs[0][0].name} ${verdict.ends[0]}`;
      tally.ends[end] = (tally.ends[end] ?? 0) + 1;
    }
  }
  return { tallies, problems };
}
