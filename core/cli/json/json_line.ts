import type { JsonContent } from "./lines.ts";

/** The version of the lines, as docs/json.md promises it. */
export const jsonSchema = 1;

/** What every line of `--json` begins with. */
export interface JsonHead {
  readonly schema: typeof jsonSchema;
  /** Date and time, ISO 8601, UTC. @format date-time */
  readonly time: string;
}

/** A line of `--json`. */
export type JsonLine = JsonHead & JsonContent;

/** Returns a line of `--json`. */
export function jsonLine(content: JsonContent, date: Date): string {
  return JSON.stringify({ schema: jsonSchema, time: date.toISOString(), ...content });
}
