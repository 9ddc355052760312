import { systemClock, type TimerClock } from "../../../core/common/clock.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";

/**
 * Runs work with virtual time in place of the computer's, also for native code, which uses the
 * computer's clock itself. The system must be a fake one that answers at once or never.
 */
export async function onVirtualSystemClock<T>(
  work: (clock: VirtualClock) => Promise<T>,
): Promise<T> {
  const clock = new VirtualClock(), real: TimerClock = { ...systemClock };
  const virtual: TimerClock = {
    now: () => clock.now(),
    date: () => clock.date(),
    after: (ms, action) => clock.after(ms, action),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
  Object.assign(systemClock, virtual);
  try {
    return await clock.run(() => work(clock));
  } finally {
    Object.assign(systemClock, real);
  }
}
