import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Mutant, MutantResult } from "@stryker-mutator/api/core";
import type {
  DryRunCompletedEvent,
  MutationTestingPlanReadyEvent,
  Reporter,
} from "@stryker-mutator/api/report";
import { randomNumbers, shuffle } from "../../faults/random.ts";
import { equivalents } from "./equivalents.ts";
import { type Change, changeOf } from "./mutant_id.ts";
import { addResult, type Result, resultText } from "./results.ts";
import { roomOf } from "./rooms.ts";
import * as stryker from "./stryker.ts";
import { readRunFile, writeRunFile } from "./run_settings.ts";

/** Chooses the mutants of a run, and writes down and prints what comes of them. */
export class RunReporter implements Reporter {
  readonly #settings = readRunFile("settings");
  readonly #sources = new Map<string, string>();
  /** By Stryker's ids. */
  #chosen: ReadonlyMap<string, Change> = new Map();
  #tried = 0;

  onDryRunCompleted({ result, timing }: DryRunCompletedEvent): void {
    const tests = result.tests.map(({ id, timeSpentMs }) => {
      const [file, ...name] = id.split("::");
      return { file, name: name.join("::"), ms: timeSpentMs };
    });
    writeRunFile("tests", tests);
    console.log(`${tests.length} tests pass, ${(timing.net / 1000).toFixed()} s`);
    for (const { file, name, error } of readRunFile("failed")) {
      console.log(`left out, because it fails in the copy: ${file}: ${name}\n         ${error}`);
    }
  }

  onMutationTestingPlanReady({ mutantPlans }: MutationTestingPlanReadyEvent): void {
    const listed = new Set(equivalents.map(({ id }) => id));
    const { mutant: wanted, sample, isEachRoom, seed } = this.#settings;
    const all = mutantPlans
      .filter(({ plan }) => plan === stryker.plan.run)
      .map(({ mutant }) => [mutant.id, this.#change(mutant)] as const);
    const measured = all.filter(([, { id }]) =>
      wanted === undefined ? !listed.has(id) : id === wanted
    );
    const shuffled = shuffle([...measured], randomNumbers(seed));
    const parts = isEachRoom
      ? Object.values(Object.groupBy(shuffled, ([, { file }]) => roomOf(file)!.name))
      : [shuffled];
    const chosen = sample === undefined
      ? measured
      : parts.flatMap((part) => part!.slice(0, sample));
    this.#chosen = new Map(chosen);
    writeRunFile("chosen", [...this.#chosen.keys()]);
    const share = sample === undefined ? "all" : `a sample with seed ${seed}`;
    console.log(
      `${all.length} mutants, ${
        all.length - measured.length
      } left out, ${chosen.length} tried (${share})`,
    );
  }

  onMutantTested(mutant: MutantResult): void {
    const change = this.#chosen.get(mutant.id);
    if (!change) return;
    const killer = mutant.killedBy?.[0];
    const result: Result = {
      ...change,
      status: mutant.status,
      ...(killer && { killer }),
      ...(mutant.static && { isStatic: true }),
    };
    addResult(result);
    this.#tried++;
    const text = resultText(result);
    if (text) console.log(text);
    if (this.#tried % 100 === 0) console.log(`${this.#tried} of ${this.#chosen.size} tried`);
  }

  #change(mutant: Mutant): Change {
    const file = relative(Deno.cwd(), mutant.fileName).replaceAll("\\", "/");
    if (!this.#sources.has(file)) this.#sources.set(file, readFileSync(file, "utf8"));
    return changeOf(file, this.#sources.get(file)!, mutant);
  }
}
