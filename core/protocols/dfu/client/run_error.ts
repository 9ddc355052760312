import { type ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import type { ProgressMeter } from "./progress.ts";
import { text } from "../../../common/text.ts";

const verbs = {
  compare: "read",
  read: "read",
  verify: text`read back`,
  erase: text`erased`,
  write: text`written`,
} as const;

/** Errors that already name a place, or have none. */
const complete: readonly ErrorKind[] = ["cancelled", "verify-failed", "bug"];

/** Returns the error with `phase`, `address` and `percent` in its data. */
export function withPlace(error: unknown, meter: ProgressMeter): unknown {
  if (!(error instanceof UnbrickError) || complete.includes(error.kind)) return error;
  const { phase, address, percent } = meter;
  const message = error.kind === "disconnected"
    ? text`The camera disconnected while it was being ${verbs[phase]} at ${hex(address)}
      (${percent} %).`
    : error.text;
  return new UnbrickError(error.kind, message, { phase, address, percent, ...error.data }, {
    cause: error,
  });
}
