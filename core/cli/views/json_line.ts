/** The content of a JSON line: its type and any JSON values. */
export interface Facts {
  readonly type: string;
  readonly [fact: string]: unknown;
}

/**
 * Returns a line of `--json`: the schema version, the date and time (ISO 8601, UTC), and the facts.
 */
export function jsonLine(facts: Facts, date: Date): string {
  return JSON.stringify({ schema: 1, time: date.toISOString(), ...facts });
}
