import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { Clock } from "../../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import type { Words } from "../../common/text.ts";
import { say } from "../language/say.ts";
import type { Console } from "../terminal/console.ts";
import { wrap } from "../terminal/layout.ts";
import { makeStyle, type Style } from "../terminal/style.ts";
import { adviceLines, outcomes } from "./ending.ts";
import { jsonLine } from "./json_line.ts";

/** How to print a failure. */
export interface FailureFormat {
  readonly os: OperatingSystem;
  readonly clock: Clock;
  readonly json: boolean;
  /** With `json`: also prints the stack of a defect. */
  readonly debug: boolean;
  /** What can be done about the error; left out: what a run would advise. */
  readonly advise?: (error: UnbrickError) => Words[];
}

/** Prints an error from before a run, when nothing was written: cause, outcome and advice. */
export function printFailure(
  thrown: unknown,
  console: Console,
  { os, clock, json, debug, advise }: FailureFormat,
): UnbrickError {
  const error = asUnbrickError(thrown);
  const actions = advise?.(error) ?? advice(error, os);
  if (json) {
    const { kind, message, exitCode, cause } = error;
    const stack = debug && cause instanceof Error ? { stack: cause.stack } : {};
    const line = jsonLine({
      ...{ type: "failed", outcome: "unchanged", kind, message, exitCode },
      data: { ...error.data, ...stack },
      advice: actions,
    }, clock.date());
    console.write(line + "\n");
  } else {
    const lines = failureLines(error, actions, {
      style: makeStyle(console),
      width: console.columns,
    });
    console.writeError(lines.map((line) => line + "\n").join(""));
  }
  return error;
}

/**
 * Returns the lines for an error from before a run, when nothing was written: cause, outcome and
 * advice.
 */
export function failureLines(
  error: UnbrickError,
  actions: readonly Words[],
  { style, width }: { style: Style; width: number },
): string[] {
  return [
    ...wrap(error.text, width, `${style.failed} `).map(style.bad),
    ...(error.kind === "usage" ? [] : [`  ${style.bold(say(outcomes.unchanged))}`]),
    ...adviceLines(actions, width),
  ];
}
