import { join } from "node:path";
import type { TestRun } from "./messages.ts";

/** What `deno task mutants` asks of one run. */
export interface RunSettings {
  /** The files of the tests that may notice a mutant. */
  readonly tests: readonly string[];
  /** Only this many mutants. */
  readonly sample?: number;
  /** Whether the sample is that large in each room, so that a small room is measured, too. */
  readonly isEachRoom: boolean;
  readonly seed: number;
  /** Only the mutant with this id. */
  readonly mutant?: string;
}

/** The files in the folder of a run, through which Stryker's processes know about it. */
export interface RunFiles {
  readonly settings: RunSettings;
  /** All tests, which pass without a mutant. */
  readonly tests: readonly TestRun[];
  /** Those that fail in the copy without a mutant, and so are not tried. */
  readonly failed: readonly TestRun[];
  /** The ids (Stryker's) of the mutants that are tried. */
  readonly chosen: readonly string[];
}

/** Names the folder of the run. */
export const RUN_VARIABLE = "UNBRICK_MUTANTS_RUN";

export const runFile = (name: string) => join(Deno.env.get(RUN_VARIABLE)!, name);

export function readRunFile<K extends keyof RunFiles>(name: K): RunFiles[K] {
  return JSON.parse(Deno.readTextFileSync(runFile(`${name}.json`)));
}

export function writeRunFile<K extends keyof RunFiles>(name: K, value: RunFiles[K]): void {
  Deno.writeTextFileSync(runFile(`${name}.json`), JSON.stringify(value));
}
