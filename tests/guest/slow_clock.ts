import { type Clock, systemClock } from "../../core/common/clock.ts";

/**
 * The machine's clock, so many times slower. An emulated processor runs about ten times slower than a
 * real one (platform.md section 4); a camera that waits 1.5 s for its host would hardly wait for it.
 */
export function slowClock(slowness: number): Clock {
  return {
    now: () => systemClock.now() / slowness,
    sleep: (ms, signal) => systemClock.sleep(ms * slowness, signal),
    date: () => systemClock.date(),
  };
}
