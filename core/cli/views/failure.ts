import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { Clock } from "../../common/clock.ts";
import { asUnbrickError, failureOf, type UnbrickError } from "../../common/errors.ts";
import type { Words } from "../../common/text.ts";
import { say } from "../language/say.ts";
import type { Console } from "../terminal/console.ts";
import { wrap } from "../terminal/layout.ts";
import { makeStyle, type Style } from "../terminal/style.ts";
import { adviceLines, outcomes } from "./ending.ts";
import { jsonLine } from "../json/json_line.ts";

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
    const { exitCode, cause } = error;
    const failure = { ...failureOf(error), advice: actions };
    const date = clock.date();
    const lines = [
      jsonLine({ type: "failed", outcome: "unchanged", exitCode, error: failure }, date),
      ...debug && cause instanceof Error
        ? [jsonLine({ type: "debug", stack: cause.stack }, date)]
        : [],
    ];
    console.write(lines.map((line) => line + "\n").join(""));
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
