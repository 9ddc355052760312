import type { Operator } from "../../plan/operator.ts";

/**
 * Returns the operator for a run that must never do more than ordinary writing: every other consent,
 * such as one to burn a fuse, is refused and nobody is asked.
 */
export function agreesToWritingOnly(operator: Operator): Operator {
  return {
    ...operator,
    consent: (consent, signal) =>
      consent.id === "write" ? operator.consent(consent, signal) : Promise.resolve(false),
  };
}
