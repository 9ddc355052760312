import { Stryker } from "@stryker-mutator/core";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../../tools/targets.ts";
import { isGood, readResults, scores, table } from "./results.ts";
import { roomOf, sourcesBelow, testsBelow } from "./rooms.ts";
import { RUN_VARIABLE, type RunSettings, writeRunFile } from "./run_settings.ts";

export interface Measurement extends Omit<RunSettings, "tests"> {
  /** Sources below this folder, or a file. */
  readonly only: string;
  /** Only tests below these folders, or in these files. */
  readonly tests?: readonly string[];
  readonly workers: number;
  /** The score that all mutants together must have, in percent. */
  readonly least?: number;
}

/**
 * Makes mutants of the sources in an instrumented copy, and tries them with the project's tests.
 * Prints the mutants that survive and the score of each room.
 * @returns true if each room that can be judged reaches the score that is wanted, and all together, too
 */
export async function measure(
  { only, tests, workers, least, ...settings }: Measurement,
): Promise<boolean> {
  const sources = sourcesBelow(projectRoot, only);
  if (sources.length === 0) throw new Error(`No source that is measured is below ${only}.`);
  const folders = sources.flatMap((file) => roomOf(file)!.tests);
  const began = new Date().toISOString().replaceAll(":", "-");
  const folder = fileURLToPath(new URL(`.cache/mutants/${began}`, projectRoot));
  const copies = fileURLToPath(new URL(`.stryker-tmp/${began}`, projectRoot));
  Deno.mkdirSync(folder, { recursive: true });
  Deno.env.set(RUN_VARIABLE, folder);
  writeRunFile("settings", {
    ...settings,
    tests: testsBelow(projectRoot, tests ?? [...new Set(folders)]),
  });
  const conclude = () => console.log(`\n${table(scores(readResults(), least))}\n\n${folder}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      conclude();
      Deno.removeSync(copies, { recursive: true });
      Deno.exit(1);
    });
  }
  await new Stryker({
    testRunner: "deno",
    plugins: [import.meta.resolve("./plugins.ts")],
    reporters: ["run"],
    tempDirName: copies,
    mutate: [...sources],
    concurrency: workers,
    coverageAnalysis: "perTest",
    mutator: { plugins: null, excludedMutations: ["StringLiteral"] },
    disableTypeChecks: false,
    ignorePatterns: ["dist", ".cache", ".git", ".stryker-tmp"],
    dryRunTimeoutMinutes: 60,
    timeoutMS: 600_000,
    logLevel: "error" as never,
    allowConsoleColors: false,
  }).runMutationTest();
  conclude();
  return scores(readResults(), least).every(isGood);
}
