import { parseArgs } from "node:util";
import { caseId, parseCaseId } from "../support/faults/case_id.ts";
import { FaultTrial } from "../support/faults/fault_trial.ts";
import { goldenRun } from "../support/faults/golden.ts";
import { judge } from "../support/faults/judge.ts";
import { chosenFaults, damagedThenStarted, sampledPair } from "./cases.ts";
import { carryOutInThreads } from "./pool.ts";
import { randomNumbers, shuffle } from "./random.ts";
import { subjectNamed, subjects } from "./subjects.ts";
import { Totals } from "./totals.ts";

/**
 * `deno task faults`: tries every fault at every transfer of every job of every family, and two
 * faults in a sample of cases. After each it runs the same command again without a fault
 * (ARCHITECTURE.md, "Fault runs").
 */

const HELP = `deno task faults [options]
  --only TEXT       only the subject with this id, or all whose id begins so: openmv-h7.
  --runs N          runs with two faults, sampled (default 6000)
  --all             every frame of a serial line, not only a share of the thousands
  --seed N          for the sample and the order (default: another one each time; printed)
  --share MINUTES   stop after so many minutes; what was done is a fair sample of all
  --workers N       threads (default: one for each core)
  --ends            also tell how often each fault ended in which way
  --case ID         carry out one case and tell what happens in it`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    runs: { type: "string", default: "6000" },
    seed: { type: "string" },
    share: { type: "string" },
    workers: { type: "string" },
    all: { type: "boolean" },
    ends: { type: "boolean" },
    case: { type: "string" },
    help: { type: "boolean" },
  },
});

function number(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} needs a number.`);
  Deno.exit(2);
}

/** Replays one case and shows its events. */
async function replay(id: string): Promise<void> {
  const one = parseCaseId(id);
  const subject = subjectNamed(one.subject);
  const trial = new FaultTrial(subject);
  for (const [at, faults] of [...one.runs, []].entries()) {
    console.log(faults.length > 0 ? `run ${at + 1}, with faults` : "the clean run");
    const { result, missing } = await trial.run(faults, {
      onEvent: ({ at, ...event }) => {
        if (event.type === "progress" || event.type === "run-started") return;
        console.log(`${at.toFixed(1).padStart(10)} ms  ${JSON.stringify(event)}`);
      },
    });
    console.log(result ? `  ended: ${result.outcome}` : "  killed", "missing:", missing);
  }
  const { problems } = await judge(subject, one);
  for (const { kind, text } of problems) console.log(`${kind}: ${text}`);
  console.log(problems.length === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed");
  Deno.exit(problems.length === 0 ? 0 : 1);
}

function chosenSubjects() {
  const exact = subjects.filter(({ id }) => id === values.only);
  return exact.length > 0 ? exact : subjects.filter(({ id }) => id.startsWith(values.only));
}

async function allCases(seed: number, pairs: number): Promise<string[]> {
  const random = randomNumbers(seed);
  const chosen = [];
  for (const subject of chosenSubjects()) {
    const { faults, ending } = await goldenRun(subject);
    const singles = chosenFaults(subject, faults, values.all ?? false);
    const { transfer, frame, work, event } = ending.counts;
    console.log(
      `${subject.id}: ${transfer} transfers, ${frame} frames, ${work} erases and writes, ` +
        `${event} events; ` +
        `${singles.length} of ${faults.length} single faults`,
    );
    chosen.push({ subject, singles, lastWriteAt: ending.lastWorkAt });
  }
  const cases = chosen.flatMap(({ subject, singles }) =>
    singles.map((fault) => caseId({ subject: subject.id, runs: [[fault]] }))
  );
  for (const { subject, singles, lastWriteAt } of chosen) {
    cases.push(...damagedThenStarted(subject, singles, lastWriteAt));
  }
  for (let at = 0; at < pairs && chosen.length > 0; at++) {
    const { subject, singles } = chosen[at % chosen.length];
    cases.push(sampledPair(subject, singles, random));
  }
  return shuffle(cases, random);
}

if (values.help) {
  console.log(HELP);
  Deno.exit();
}
if (values.case) await replay(values.case);

const begin = performance.now();
const minutes = () => (performance.now() - begin) / 60_000;
const seed = values.seed === undefined
  ? crypto.getRandomValues(new Uint32Array(1))[0]
  : number("seed", values.seed);
const share = values.share === undefined ? Infinity : number("share", values.share);
const workers = values.workers === undefined
  ? navigator.hardwareConcurrency
  : number("workers", values.workers);
const cases = await allCases(seed, number("runs", values.runs));
console.log(`${cases.length} cases, ${workers} threads, seed ${seed}`);

const totals = new Totals();
let told = minutes();
await carryOutInThreads(cases, workers, () => minutes() < share, (part) => {
  totals.add(part);
  for (const { kind, case: id, text } of part.problems) {
    console.log(`${kind}: ${text}\n  deno task faults --case ${id}`);
  }
  if (minutes() < told + 1) return;
  told = minutes();
  console.log(`${Math.round(told)} min: ${totals.runs} of ${cases.length}`);
});

if (values.ends) console.log(`\n${totals.ends()}`);
console.log(`\n${totals.table()}\n`);
const failed = new Set(totals.problems.map((problem) => problem.case)).size;
console.log(`${totals.runs} of ${cases.length} cases in ${minutes().toFixed(1)} min, seed ${seed}`);
console.log(`${totals.runs - failed} passed, ${failed} failed`);
if (failed > 0 || totals.runs === 0) Deno.exit(1);
