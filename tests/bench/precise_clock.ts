import { setImmediate } from "node:timers";
import { abortError, type Clock, systemClock } from "../../core/common/clock.ts";

/** setTimeout may fire this much late, milliseconds. */
const TIMER_SLACK_MS = 2;

/**
 * Real time to a few microseconds: sleeps while there is much time left, then turns the event loop
 * until the moment comes. For measuring only: it keeps a core busy.
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
