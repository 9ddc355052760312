/** One line of the benchmark: a measured value and, if there is one, its limit. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  /** Unit of the value: `ratio`, `ms`, `MiB`, `bytes`. */
  readonly unit: string;
  readonly limit?: number;
  /** True if `limit` is a minimum. */
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
