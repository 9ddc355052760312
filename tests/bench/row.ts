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

export function isMissed({ value, limit, isMinimum }: BenchRow): boolean {
  return limit !== undefined && (isMinimum ? value < limit : value > limit);
}

/** `0.733`, `472.2`, `1868` */
export function valueText({ value }: BenchRow): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 3 : 1);
}

/** `at most 0.5`, or nothing */
export function boundText({ limit, isMinimum }: BenchRow): string {
  return limit === undefined ? "" : `${isMinimum ? "at least" : "at most"} ${limit}`;
}
