import type { DetectedDevice } from "./detected_device.ts";
import { distinct, joined } from "../common/text.ts";

/**
 * One entry of a device that several families recognise. A family that is certain counts before
 * those for which it is a candidate only, and the first of these says in which mode it is; the boards
 * are those of every family that agrees.
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
