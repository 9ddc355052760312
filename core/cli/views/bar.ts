import { byteSize, duration } from "../../common/format.ts";
import type { RunEvent } from "../../plan/events.ts";
import { columnsOf } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import type { Style } from "../terminal/style.ts";
import { text } from "../../common/text.ts";

const MIN_BAR = 8, MAX_BAR = 30;

/**
 * Returns the progress bar of a run as one line of at most `width` columns: percentage, time left,
 * bytes and rate. The bar keeps its length; values that do not fit are omitted, the least important
 * first.
 */
export function barLine(
  progress: Pick<
    Extract<RunEvent, { type: "progress" }>,
    "fraction" | "done" | "total" | "unit" | "rate" | "remainingMs"
  >,
  width: number,
  style: Style,
): string {
  const { fraction, done, total, unit, rate, remainingMs } = progress;
  const length = Math.min(MAX_BAR, Math.max(MIN_BAR, Math.floor(width / 4)));
  const full = Math.floor(fraction * length);
  const facts = [
    `${Math.floor(fraction * 100)} %`.padStart(5),
    remainingMs >= 100 ? text`${duration(remainingMs)} left` : undefined,
    unit === "bytes" ? text`${byteSize(done)} of ${byteSize(total)}` : undefined,
    unit === "bytes" && rate ? text`${byteSize(Math.round(rate))}/s` : undefined,
  ].filter((fact) => fact !== undefined).map(say);
  let shown = "";
  for (const fact of facts) {
    if (4 + length + columnsOf(shown) + columnsOf(fact) > width) break;
    shown += `  ${fact}`;
  }
  return "  " + style.good(style.barFull.repeat(full)) +
    style.dim(style.barEmpty.repeat(length - full)) + shown;
}
