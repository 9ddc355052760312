/** One JSON line of `--json`: the schema version, the calendar time (ISO 8601, UTC), and the facts. */
export function jsonLine(facts: { readonly type: string }, date: Date): string {
  return JSON.stringify({ schema: 1, time: date.toISOString(), ...facts });
}
