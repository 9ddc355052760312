import { type ErrorData, UnbrickError } from "../../core/common/errors.ts";
import { text } from "../../core/common/text.ts";

/** Returns the error for a rate that an adapter or its driver refuses. */
export function rateRefused(path: string, baudRate: number, data: ErrorData): UnbrickError {
  return new UnbrickError(
    "driver",
    text`The serial adapter ${path} cannot use ${baudRate} baud.`,
    { path, baudRate, ...data },
  );
}
