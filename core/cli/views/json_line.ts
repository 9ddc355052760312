/** Facts of a JSON line: what it is, and anything that JSON can say. */
export interface Facts {
  readonly type: string;
  readonly [fact: string]: unknown;
}

/** One JSON line of `--json`: the schema version, the calendar time (ISO 8601, UTC), and the facts. */
export function jsonLine(facts: Facts, date: Date): string {
  return JSON.stringify({ schema: 1, time: date.toISOString(), ...facts });
}
