import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { UnbrickError } from "../../common/errors.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";
import { adviceLines, outcomes } from "./ending.ts";

/** An error from before a run, when nothing was written: cause, outcome, advice. */
export function failureLines(
  error: UnbrickError,
  { os, style, width }: { os: OperatingSystem; style: Style; width: number },
): string[] {
  return [
    ...wrap(error.message, width, `${style.failed} `).map(style.bad),
    ...(error.kind === "usage" ? [] : [`  ${style.bold(say(outcomes.unchanged))}`]),
    ...adviceLines(advice(error, os), width),
  ];
}
