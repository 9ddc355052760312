import type {
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestRunner,
} from "@stryker-mutator/api/test-runner";
import { type Coverage, type RunAnswer, testId, type TestRun } from "./messages.ts";
import { readRunFile, writeRunFile } from "./run_settings.ts";
import { coveringTests } from "./covering_tests.ts";
import { dryRun, mutantRun, test } from "./stryker.ts";
import { type RunEnd, TestProcess } from "./test_process.ts";

/** All tests together take this long at most, ms; a machine that does other work may need it. */
const DRY_RUN_MS = 60 * 60_000;
/** A mutant may make its tests so many times slower, and load files for so many milliseconds. */
const SLOWER = 5, LOAD_MS = 20_000;

/**
 * Stryker's runner for the project's tests. Tests of all files run in one process, in which one
 * mutant after the other is switched on. What a mutant may have spoiled gets a new process.
 */
export class DenoRunner implements TestRunner {
  #process?: TestProcess;
  #chosen?: ReadonlySet<string>;
  #tests?: readonly TestRun[];

  capabilities() {
    return { reloadEnvironment: true };
  }

  /**
   * Runs all tests without a mutant, in two processes, and finds out which mutants each reaches.
   * A test that fails in the instrumented copy notices nothing, and is left out.
   */
  async dryRun(): Promise<DryRunResult> {
    const { tests } = readRunFile("settings");
    const answers = await Promise.all([0, 1].map(async (half) => {
      const process = new TestProcess();
      try {
        const files = tests.filter((_, at) => at % 2 === half).map((file) => ({ file }));
        return await process.run({ tests: files }, DRY_RUN_MS);
      } finally {
        process.kill();
      }
    }));
    const failed = answers.map(failureOf).filter((text) => text !== undefined);
    if (failed.length > 0) return { status: dryRun.error, errorMessage: failed.join("\n") };
    const answered = answers as RunAnswer[];
    const runs = answered.flatMap(({ runs }) => runs);
    const passed = runs.filter(({ error }) => error === undefined);
    writeRunFile("failed", runs.filter(({ error }) => error !== undefined));
    return {
      status: dryRun.complete,
      mutantCoverage: merged(answered.map(({ coverage }) => coverage!)),
      tests: passed.map((run) => ({
        id: testId(run),
        name: testId(run),
        fileName: `${Deno.cwd()}/${run.file}`,
        timeSpentMs: run.ms,
        status: test.success,
      })),
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant: { id }, hitLimit, testFilter, reloadEnvironment: isStatic } = options;
    this.#chosen ??= new Set(readRunFile("chosen"));
    if (!this.#chosen.has(id)) return { status: mutantRun.error, errorMessage: "not chosen" };
    this.#tests ??= readRunFile("tests");
    const file = options.sandboxFileName.slice(Deno.cwd().length + 1);
    const tests = coveringTests(this.#tests, file, testFilter);
    const expected = tests.reduce((sum, { ms }) => sum + ms, 0);
    if (isStatic) this.#renew();
    this.#process ??= new TestProcess();
    const end = await this.#process.run(
      { tests, mutant: id, isStatic, hitLimit },
      LOAD_MS + SLOWER * expected,
    );
    const result = verdict(end);
    if (isStatic || typeof end === "string" || result.status === mutantRun.timeout) {
      this.#renew();
    }
    return result;
  }

  async dispose(): Promise<void> {
    this.#renew();
  }

  #renew(): void {
    this.#process?.kill();
    this.#process = undefined;
  }
}

function failureOf(end: RunEnd): string | undefined {
  if (typeof end === "string") return `the tests ended: ${end}`;
  return end.loadError;
}

function verdict(end: RunEnd): MutantRunResult {
  if (end === "too long") return { status: mutantRun.timeout, reason: "time limit" };
  if (end === "died") return killed("process", "it died", 0);
  const { runs, loadError, isEndless } = end;
  if (isEndless) return { status: mutantRun.timeout, reason: "endless loop" };
  if (loadError !== undefined) return killed("load", loadError, runs.length);
  const last = runs.at(-1);
  if (last?.error !== undefined) return killed(testId(last), last.error, runs.length);
  return { status: mutantRun.survived, nrOfTests: runs.length };
}

function killed(by: string, failureMessage: string, nrOfTests: number): MutantRunResult {
  return { status: mutantRun.killed, killedBy: [by], failureMessage, nrOfTests };
}

function merged(all: readonly Coverage[]): Coverage {
  const counts: Record<string, number> = {};
  for (const { static: some } of all) {
    for (const [id, count] of Object.entries(some)) counts[id] = (counts[id] ?? 0) + count;
  }
  return { static: counts, perTest: Object.assign({}, ...all.map(({ perTest }) => perTest)) };
}
