import { systemClock } from "../../core/common/clock.ts";

/** How long an answer counts, ms: a wait looks at the bus four times a second. Our choice. */
const VALID_MS = 1_000;

/**
 * Returns a question to the system that is asked at most once a second. What the system does not
 * tell, or not in time, is never asked again.
 * @param none the answer in that case
 */
export function atMostOnceASecond<T>(ask: () => Promise<T>, none: T): () => Promise<T> {
  let known = none, askedAt = -Infinity;
  return async () => {
    if (systemClock.now() - askedAt < VALID_MS) return known;
    askedAt = systemClock.now();
    try {
      known = await ask();
    } catch {
      known = none;
      askedAt = Infinity;
    }
    return known;
  };
}
