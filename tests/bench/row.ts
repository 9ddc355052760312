/** One line of the bench: a measured value and, where the issue sets one, the most it may be. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  /** What the value counts: `ratio`, `ms`, `MiB`, `bytes`. */
  readonly unit: string;
  readonly limit?: number;
  /** True if `limit` is the least the value may be. */
  readonly isMinimum?: boolean;
}
