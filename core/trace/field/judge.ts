import type { FieldFact } from "../../family/field_fact.ts";
import type { TraceEntry } from "../read_trace.ts";
import { timesIn } from "./times.ts";
import { valuesIn } from "./values.ts";

/** What traces show about a fact: its values, or its times in milliseconds. */
export type Observed = readonly (string | number)[];

/** `differs`: the camera does something else than its model. */
export type Verdict = "holds" | "differs" | "not-seen";

/** A time that is half or double that of the model still fits it. Our choice. */
const MOST_TIMES = 2;

/** Returns what a trace shows about a fact; nothing if what it is about did not happen. */
export function observe(entries: readonly TraceEntry[], fact: FieldFact): Observed {
  return "modelMs" in fact
    ? timesIn(entries, fact.watch).map((ms) => Math.round(ms * 10) / 10)
    : valuesIn(entries, fact.watch);
}

export function judge(fact: FieldFact, observed: Observed): Verdict {
  if (observed.length === 0) return "not-seen";
  if (!("modelMs" in fact)) {
    return observed.every((value) => value === fact.model) ? "holds" : "differs";
  }
  const ms = median(observed.map(Number)), { modelMs } = fact;
  return ms <= modelMs * MOST_TIMES && ms >= modelMs / MOST_TIMES ? "holds" : "differs";
}

/** The middle one; NaN of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
