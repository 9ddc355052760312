import { byteSize, duration } from "../../format.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { Style } from "../style.ts";

const SMALLEST_BAR = 8, LONGEST_BAR = 40;

/**
 * The one bar of a run in one line of at most `width` columns: share, bytes, rate, time left. What
 * does not fit is left out, the least important first.
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
  const facts = [
    `${Math.floor(fraction * 100)} %`.padStart(5),
    remainingMs > 0 ? `${duration(remainingMs)} left` : undefined,
    unit === "bytes" ? `${byteSize(done)} of ${byteSize(total)}` : undefined,
    unit === "bytes" && rate ? `${byteSize(Math.round(rate))}/s` : undefined,
  ].filter((fact) => fact !== undefined);
  const lengthWith = (count: number) => facts.slice(0, count).join("  ").length + 2 + 2;
  let count = facts.length;
  while (count > 1 && lengthWith(count) + SMALLEST_BAR > width) count--;
  const room = Math.max(0, Math.min(LONGEST_BAR, width - lengthWith(count)));
  const full = Math.floor(fraction * room);
  const bar = style.good(style.barFull.repeat(full)) +
    style.dim(style.barEmpty.repeat(room - full));
  return `  ${bar}  ${facts.slice(0, count).join("  ")}`;
}
