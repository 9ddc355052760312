import { setImmediate } from "node:timers";
import { abortError, type Clock, systemClock } from "../../core/common/clock.ts";

/** Milliseconds by which setTimeout may be late. */
const TIMER_SLACK_MS = 2;

/**
 * Real time to a few microseconds: sleeps while much time is left, then spins the event loop
 * until the time is reached. For measurements only: it keeps a core busy.
 */
export const preciseClock: Clock = {
  now: systemClock.now,
  date: systemClock.date,
  async sleep(ms, signal) {
    const until = systemClock.now() + ms;
    if (ms > TIMER_SLACK_MS) await systemClock.sleep(ms - TIMER_SLACK_MS, signal);
    while (systemClock.now() < until) {
      if (signal?.aborted) throw abortError(signal);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (signal?.aborted) throw abortError(signal);
  },
};
