import { advice } from "../../common/advice.ts";
import { asUnbrickError, isKind, type UnbrickError } from "../../common/errors.ts";
import type { Console } from "../terminal/console.ts";
import type { Context } from "../context.ts";
import { wrap } from "../terminal/layout.ts";
import { adviceLines } from "../views/ending.ts";

/**
 * Tells why the command line of another tool failed, and what to do. What would permit more is not
 * said: those tools have no such options.
 * @param name of the command behind `unbrick`
 */
export function tellForeignFailure(
  thrown: unknown,
  name: string,
  { os }: Pick<Context, "os">,
  console: Console,
): UnbrickError {
  const error = asUnbrickError(thrown);
  const actions = error.kind === "usage"
    ? [`See what can be said with: unbrick ${name} --help`]
    : isKind(error, "consent-needed")
    ? []
    : advice(error, os);
  const lines = [
    ...wrap(error.message, console.columns),
    ...(actions.length > 0 ? adviceLines(actions, console.columns) : []),
  ];
  console.writeError(lines.map((line) => line + "\n").join(""));
  return error;
}
