import { testId, type TestRun } from "./messages.ts";

/** The tests of one mutant that no test notices take this long together at most, ms, without it. */
const BUDGET_MS = 10_000;

/**
 * Returns the tests for a mutant in the order in which they are tried: near its file first, then the
 * fast ones, until the budget is used.
 * @param ids Those that reach the mutant; undefined: it is reached while files load, by any test
 */
export function coveringTests(
  tests: readonly TestRun[],
  file: string,
  ids: readonly string[] | undefined,
): readonly TestRun[] {
  const covering = ids && new Set(ids);
  const ordered = tests
    .filter((test) => covering?.has(testId(test)) ?? true)
    .map((test) => ({ test, distance: distance(file, test.file) }))
    .toSorted((a, b) => a.distance - b.distance || a.test.ms - b.test.ms);
  let left = BUDGET_MS;
  return ordered.map(({ test }) => test).filter(({ ms }, at) => (left -= ms) > 0 || at === 0);
}

/** All tests at least this far away are equal; the fast ones of them come first. */
const FAR = 2;

/** Returns how many folders of a file's path are not shared by the other one. */
function distance(file: string, other: string): number {
  const folders = file.split("/").slice(0, -1), others = other.split("/").slice(0, -1);
  const differs = folders.findIndex((name, at) => name !== others[at]);
  return differs < 0 ? 0 : Math.min(folders.length - differs, FAR);
}
