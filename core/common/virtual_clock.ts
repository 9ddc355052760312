import process from "node:process";
import { setImmediate } from "node:timers";
import { sleepUntil, type TimerClock } from "./clock.ts";

/** Not 0, so that a wrong difference of two times shows, as on a computer that has been on. */
const START_MS = 1_000_000;

interface Timer {
  readonly at: number;
  readonly order: number;
  fire(): void;
}

/**
 * A clock for tests and fault runs: time stands still while anything can run and jumps to the next
 * timer when nothing can. Only `run` advances it, so nothing happens unnoticed by a test. Code that
 * uses it must not wait for real input or output: such a wait does not stop virtual time.
 */
export class VirtualClock implements TimerClock {
  /** Milliseconds since the clock was made. */
  elapsed = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return START_MS + this.elapsed;
  }

  /** Virtual time counted from the start of 2026. */
  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.elapsed);
  }

  after(ms: number, fire: () => void): () => void {
    const timer = { at: this.elapsed + Math.max(0, ms), order: this.#order++, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepUntil((fire) => this.after(ms, fire), signal);
  }

  /**
   * Runs `work` to its end, advancing time whenever it waits.
   * @throws Error if the work waits for something that no timer can cause.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let settled = false;
    const result = work().finally(() => settled = true);
    result.catch(() => {}); // reported by the await below
    await turn();
    for (let idle = 0, fired = 0; !settled;) {
      if (this.#fireNext()) {
        idle = 0;
        await (++fired % FIRES_PER_TURN === 0 ? turn() : rest());
      } else {
        if (++idle > 10_000) throw new Error("nothing will ever wake what is waited for");
        await turn();
      }
    }
    return await result;
  }

  /** Fires the earliest timer, moving time to it; false if there is none. */
  #fireNext(): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
        next = timer;
      }
    }
    if (!next) return false;
    this.#timers.delete(next);
    this.elapsed = Math.max(this.elapsed, next.at);
    next.fire();
    return true;
  }
}

/**
 * Real input and output happens only between turns of the event loop; a few timers may share a
 * turn.
 */
const FIRES_PER_TURN = 16;

/** Waits until everything that can run has run, and one turn of the event loop is over. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Does the same without a turn, which costs more than most of the work; only valid right after
 * `turn`.
 */
const rest = () => new Promise<void>((resolve) => process.nextTick(resolve));
