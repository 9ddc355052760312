import { parseArgs } from "node:util";
import { randomNumbers, shuffle } from "../faults/random.ts";
import type { Killer } from "./safety/mutant.ts";
import { safetyMutants } from "./safety/list.ts";
import { killerText } from "./killers.ts";
import { measure } from "./stryker/measure.ts";
import { survey, type Verdict } from "./survey.ts";

/**
 * `deno task mutants`: puts deliberate faults into a copy of the sources, one at a time, and tells
 * which of them the tests notice (docs/MUTANTS.md).
 */

const HELP = `deno task mutants [options]
  --list safety     the list written by hand, of what the promises rest on; without it, mutants of
                    all sources, made by Stryker
  --only TEXT       only mutants whose file is below this folder; in the list, also whose id begins so
  --sample N        only N of them, drawn with the seed
  --each-room       N of each room, not N of all
  --seed N          default: another one each time; printed
  --workers N       processes that work at the same time (default 2)
Without --list:
  --mutant ID       only this one
  --least PERCENT   all mutants together must have this score, if they are at least 100
  --tests FOLDER    only tests below this folder, or in this file; can be repeated`;

const { values } = parseArgs({
  options: {
    list: { type: "string" },
    only: { type: "string", default: "" },
    sample: { type: "string" },
    "each-room": { type: "boolean" },
    seed: { type: "string" },
    workers: { type: "string", default: "2" },
    mutant: { type: "string" },
    least: { type: "string" },
    tests: { type: "string", multiple: true },
    help: { type: "boolean" },
  },
});

const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const workers = Number(values.workers);

function fail(text: string): never {
  console.error(text);
  Deno.exit(2);
}

function chosen() {
  const all = safetyMutants.filter(({ id, file }) =>
    id.startsWith(values.only) || file.startsWith(values.only)
  );
  if (values.sample === undefined) return all;
  console.log(`seed ${seed}`);
  return shuffle(all, randomNumbers(seed)).slice(0, Number(values.sample));
}

function tell({ mutant, end, killer, ms, output }: Verdict): void {
  const seconds = (ms / 1000).toFixed(1);
  console.log(`${end.padEnd(8)} ${mutant.id} (${seconds} s)${killer ? `: ${where(killer)}` : ""}`);
  if (end === "killed") return;
  console.log(`         ${mutant.promise}`);
  console.log(`         ${mutant.file}: ${oneLine(mutant.old)}  ->  ${oneLine(mutant.new)}`);
  console.log(`         again: deno task mutants --list safety --only ${mutant.id}`);
  if (end === "broken") console.log(output.split("\n").slice(-25).join("\n"));
}

const where = (killer: Killer) => killerText(killer);
const oneLine = (text: string) => JSON.stringify(text.replaceAll(/\s+/g, " ").slice(0, 90));

if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}
if (values.list === undefined) {
  const { only, mutant, tests, sample, least } = values;
  const isGood = await measure({
    only,
    seed,
    workers,
    ...(mutant && { mutant }),
    ...(tests && { tests }),
    ...(sample && { sample: Number(sample) }),
    ...(least && { least: Number(least) }),
    isEachRoom: values["each-room"] ?? false,
  });
  Deno.exit(isGood ? 0 : 1);
}
if (values.list !== "safety") fail(`There is no list ${values.list}.`);
const mutants = chosen();
if (mutants.length === 0) fail("No mutant is called so.");
const from = performance.now();
const verdicts = await survey(mutants, { workers, tell });
const killed = verdicts.filter(({ end }) => end === "killed").length;
const minutes = ((performance.now() - from) / 60_000).toFixed(1);
console.log(
  `${mutants.length} mutants, ${killed} killed, ${verdicts.length - killed} not, in ${minutes} min`,
);
console.log(`${killed} passed, ${mutants.length - killed} failed`);
Deno.exit(killed === mutants.length ? 0 : 1);
