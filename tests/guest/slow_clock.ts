import { type Clock, systemClock } from "../../core/common/clock.ts";

/**
 * A clock that is slower than the machine's by a factor. An emulated processor runs about ten times
 * slower than a real one (platform.md section 4), so it would often miss a camera that waits 1.5 s
 * for its host.
 */
export function slowClock(slowness: number): Clock {
  return {
    now: () => systemClock.now() / slowness,
    sleep: (ms, signal) => systemClock.sleep(ms * slowness, signal),
    date: () => systemClock.date(),
  };
}
