/** A mutant that no test can notice, because the program does the same with it. */
export interface Equivalent {
  readonly id: string;
  readonly file: string;
  /** What it changes, for a reader. */
  readonly change: string;
  readonly reason: string;
}

/** Reviewed one by one: each has the reason why nothing can differ. */
export const equivalents: readonly Equivalent[] = [
  {
    id: "fae439f1",
    file: "core/plan/read_back.ts",
    change: "from >= to  ->  from > to",
    reason: "with from equal to to, no byte is copied and none is marked",
  },
  {
    id: "ce8dd566",
    file: "boards/openmv_rt1062/memory_map.ts",
    change: "vector < start + size  ->  vector <= start + size",
    reason: "the end of the region is even, and only an odd vector comes to this comparison",
  },
];
