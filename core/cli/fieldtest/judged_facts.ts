import { text, type Words } from "../../common/text.ts";
import type { FieldFact } from "../../family/field_fact.ts";
import { judge, median, type Observed, type Verdict } from "../../trace/field/judge.ts";
import type { StageRecord } from "./record.ts";

/** A fact, what all stages showed about it, and whether it holds. */
export interface JudgedFact {
  readonly fact: FieldFact;
  readonly observed: Observed;
  readonly verdict: Verdict;
}

/** Judges each fact by all stages together. */
export function judgedFacts(
  facts: readonly FieldFact[],
  stages: readonly Pick<StageRecord, "observed">[],
): JudgedFact[] {
  return facts.map((fact) => {
    const all = stages.flatMap(({ observed }) => observed[fact.id] ?? []);
    const observed = "modelMs" in fact ? all : [...new Set(all)];
    return { fact, observed, verdict: judge(fact, observed) };
  });
}

export const verdicts: Readonly<Record<Verdict, Words>> = {
  "holds": text`holds`,
  "differs": text`differs`,
  "not-seen": text`not seen`,
};

/** What the model of the camera has: `1.00 s`, or a value. */
export function ofModel(fact: FieldFact): Words {
  return "modelMs" in fact ? time(fact.modelMs) : String(fact.model);
}

/** What the camera had: `1.31 s (0.98 to 1.40 s, 23 times)`, or its values. */
export function ofCamera({ fact, observed }: JudgedFact): Words {
  if (observed.length === 0) return "-";
  if (!("modelMs" in fact)) return observed.join(" | ");
  const times = observed.map(Number);
  if (times.length === 1) return time(times[0]);
  const least = time(Math.min(...times)), most = time(Math.max(...times));
  return text`${time(median(times))} (${least} to ${most}, ${times.length} times)`;
}

/** `1.31 s`, `12.8 ms` */
function time(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${Number(ms.toFixed(1))} ms`;
}

/** A judged fact, as `fieldtest.json` and the last JSON line contain it. */
export interface FactRecord {
  readonly id: string;
  readonly title: Words;
  readonly source: string;
  /** What the model of the camera needs. */
  readonly modelUs?: Microseconds;
  /** The middle one of the camera's times; null if there is none. */
  readonly medianUs?: Microseconds | null;
  readonly model?: string | number;
  readonly observed: Observed;
  readonly verdict: Verdict;
}

/** Whole microseconds. @asType integer */
export type Microseconds = number;

const microseconds = (ms: number): Microseconds => Math.round(ms * 1000);

/** Returns the facts as records. */
export function factsRecord(facts: readonly JudgedFact[]): FactRecord[] {
  return facts.map(({ fact, observed, verdict }) => ({
    id: fact.id,
    title: fact.title,
    source: fact.source,
    ..."modelMs" in fact
      ? {
        modelUs: microseconds(fact.modelMs),
        medianUs: observed.length > 0 ? microseconds(median(observed.map(Number))) : null,
      }
      : { model: fact.model },
    observed,
    verdict,
  }));
}
