import type { DetectedDevice } from "./detected_device.ts";
import { distinct, joined } from "../common/text.ts";

/**
 * Merges the results of several families that recognise the same device. Certain results take
 * precedence over candidates. The first result determines the mode; the boards are those of all
 * results with this mode.
 */
export function mergeDetected(all: readonly DetectedDevice[]): DetectedDevice | undefined {
  const certain = all.filter(({ isCandidate }) => !isCandidate);
  const [first, ...others] = certain.length > 0 ? certain : all;
  if (!first) return undefined;
  const agreeing = [first, ...others.filter(({ mode }) => mode === first.mode)];
  return {
    ...first,
    boardIds: unique(agreeing.flatMap(({ boardIds }) => boardIds)),
    title: joined(distinct(agreeing.map(({ title }) => title)), " / "),
  };
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
