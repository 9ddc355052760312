import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";

/** Returns the error with which some work must fail; its kind must be this one, if given. */
export async function errorOf(work: Promise<unknown>, kind?: ErrorKind): Promise<UnbrickError> {
  const error = await work.then(() => undefined, (error) => error);
  assert.ok(error instanceof UnbrickError, `expected ${kind ?? "an error"}, got ${error}`);
  if (kind) assert.equal(error.kind, kind, error.message);
  return error;
}
