import { systemClock } from "../../core/common/clock.ts";

/** How long an answer counts, ms: a wait looks at the bus four times a second. Our choice. */
const VALID_MS = 1_000;

/**
 * The ports with devices that failed to enumerate, asked at most once a second. What the system does
 * not tell, or not in time, is never asked again.
 */
export function silentPorts(ask: () => Promise<readonly string[]>) {
  let known: readonly string[] = [], askedAt = -Infinity;
  return async (): Promise<readonly string[]> => {
    if (systemClock.now() - askedAt < VALID_MS) return known;
    askedAt = systemClock.now();
    try {
      known = await ask();
    } catch {
      known = [];
      askedAt = Infinity;
    }
    return known;
  };
}
