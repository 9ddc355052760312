/** What the runner and its worker say to each other: one JSON object a line. */

/** Runs tests in the given order until one fails. */
export interface RunRequest {
  /** Files below the project's root, and the names of tests in it; undefined: all of the file. */
  readonly tests: readonly { readonly file: string; readonly name?: string }[];
  /** The mutant that is active while tests run; undefined: none, and coverage is collected. */
  readonly mutant?: string;
  /** Whether the mutant is active while files load, too. */
  readonly isStatic?: boolean;
  /** How often the mutant may be reached before it counts as an endless loop. */
  readonly hitLimit?: number;
}

/** One test that ran. */
export interface TestRun {
  readonly file: string;
  readonly name: string;
  readonly ms: number;
  /** Why it failed. */
  readonly error?: string;
}

/** How often each mutant was reached while files loaded, and in each test. */
export interface Coverage {
  readonly static: Record<string, number>;
  readonly perTest: Record<string, Record<string, number>>;
}

export interface RunAnswer {
  readonly runs: readonly TestRun[];
  /** A file that could not be loaded. */
  readonly loadError?: string;
  readonly isEndless?: boolean;
  readonly coverage?: Coverage;
}

/** Begins each line of an answer, so that what tests print is no answer. */
export const ANSWER = "\u0001";

export const testId = ({ file, name }: { file: string; name: string }) => `${file}::${name}`;
