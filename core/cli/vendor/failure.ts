import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import { wrap } from "../terminal/layout.ts";
import type { Console } from "../terminal/console.ts";
import { adviceLines } from "../views/ending.ts";
import { vendorAdvice, type VendorLine } from "./advice.ts";

/** Tells why the command line of another tool failed, and what can be done about it there. */
export function tellFailure(thrown: unknown, line: VendorLine, console: Console): UnbrickError {
  const error = asUnbrickError(thrown);
  const actions = vendorAdvice(error, line);
  const lines = [
    ...wrap(error.message, console.columns),
    ...(actions.length > 0 ? adviceLines(actions, console.columns) : []),
  ];
  console.writeError(lines.map((line) => line + "\n").join(""));
  return error;
}
