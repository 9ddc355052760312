import assert from "node:assert/strict";
import { Ajv, type ValidateFunction } from "ajv";

/**
 * Compares what the program prints with `--json`, and its records, with docs/events.schema.json. In
 * the tests a property that the schema does not name is an error.
 */

interface SchemaPart {
  readonly anyOf?: readonly SchemaPart[];
  readonly properties?: { readonly type?: { readonly const?: string; readonly enum?: string[] } };
}

const path = new URL("../../../docs/events.schema.json", import.meta.url);
let definitions: Record<string, SchemaPart> | undefined;
const validators = new Map<string, ValidateFunction>();

function readDefinitions(): Record<string, SchemaPart> {
  definitions ??= JSON.parse(
    Deno.readTextFileSync(path),
    (_, value) =>
      value?.properties && value.additionalProperties === undefined
        ? { ...value, additionalProperties: false }
        : value,
  ).definitions as Record<string, SchemaPart>;
  return definitions;
}

function validator(name: string, parts: () => readonly object[]): ValidateFunction {
  const known = validators.get(name);
  if (known) return known;
  const formats = { "date-time": (text: string) => new Date(text).toISOString() === text };
  const ajv = new Ajv({ allErrors: true, strict: false, formats });
  const made = ajv.compile({ anyOf: parts(), definitions: readDefinitions() });
  validators.set(name, made);
  return made;
}

function check(value: unknown, validate: ValidateFunction, what: string): void {
  const errors = () =>
    validate.errors?.map(({ instancePath, message, params }) =>
      `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
    ).join("\n");
  assert.ok(validate(value), `${what}: ${JSON.stringify(value).slice(0, 2000)}\n${errors()}`);
}

/** Fails if a line is not as the schema says. */
export function assertLine(line: unknown): void {
  const { type } = line as { type: string };
  const parts = () => {
    const lines = readDefinitions().JsonLine.anyOf!.filter(({ properties }) => {
      const { const: one, enum: several } = properties?.type ?? {};
      return one === type || several?.includes(type);
    });
    assert.ok(lines.length > 0, `the schema has no line of the type ${type}`);
    return lines;
  };
  check(line, validator(type, parts), type);
}

/** Fails if one of the lines that a command printed is not as the schema says. */
export function assertLines(printed: string): void {
  for (const line of printed.trimEnd().split("\n").filter(Boolean)) assertLine(JSON.parse(line));
}

/** Fails if a record, or the batch of a station, is not as the schema says. */
export function assertRecord(path: string): void {
  const text = Deno.readTextFileSync(path);
  const record = text.startsWith("{\n") ? JSON.parse(text) : undefined;
  if (record === undefined) return assertLines(text);
  const name = "cameras" in record ? "Batch" : "RunReport";
  check(record, validator(name, () => [readDefinitions()[name]]), path);
}
