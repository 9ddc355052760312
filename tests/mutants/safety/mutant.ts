/** A test that must fail with the mutant: a file, and part of the name of one of its tests. */
export interface TestKiller {
  readonly test: string;
  /** Default: all tests of the file. */
  readonly name?: string;
}

/** A fault run that must end with a problem: single faults of these names, spread over the job. */
export interface FaultKiller {
  /** The id of the subject: `openmv-h7.flash`. */
  readonly subject: string;
  readonly faults: readonly string[];
}

export type Killer = TestKiller | FaultKiller;

/** One deliberate fault in the product, and what must notice it. */
export interface Mutant {
  /** `rt1062-no-read-back`. */
  readonly id: string;
  /** The promise that it breaks, in one sentence. */
  readonly promise: string;
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly old: string;
  readonly new: string;
  /** Tried in order; the first that fails has killed the mutant. */
  readonly killers: readonly Killer[];
}

/** Returns the mutants of one file, which share it. */
export function mutantsOf(
  file: string,
  mutants: readonly Omit<Mutant, "file">[],
): readonly Mutant[] {
  return mutants.map((one) => ({ file, ...one }));
}
