import { UnbrickError } from "./errors.ts";
import { text, type Words } from "./text.ts";

/**
 * The source of time, passed in everywhere so that tests run on virtual time. Milliseconds,
 * monotonic.
 */
export interface Clock {
  now(): number;
  /** Returns the calendar time, for reports. */
  date(): Date;
  /** Resolves after `ms`; rejects with `cancelled` as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Whole milliseconds. @asType integer */
export type Milliseconds = number;

/** A clock that can call back. */
export interface TimerClock extends Clock {
  /**
   * Calls `action` after `ms`. Returns a function that prevents this; unlike an abort of `sleep`, it
   * costs next to nothing.
   */
  after(ms: number, action: () => void): () => void;
}

/** The clock of the computer. */
export const systemClock: TimerClock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) => sleepUntil((fire) => systemClock.after(ms, fire), signal),
};

/**
 * Resolves when a timer fires; rejects with `cancelled` as soon as the signal aborts.
 * @param start starts the timer; returns what stops it
 */
export function sleepUntil(
  start: (fire: () => void) => () => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const forget = signal && whenAborted(signal, () => {
      stop();
      reject(abortError(signal));
    });
    const stop = start(() => {
      forget?.();
      resolve();
    });
  });
}

/** What is to be done when a signal aborts. */
const atAbort = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `action` when a signal that has not aborted yet aborts. The signal gets one listener for all of
 * its actions: a listener for each would cost more than the short waits that need it.
 * @param action must not throw
 * @returns prevents it
 */
export function whenAborted(signal: AbortSignal, action: () => void): () => void {
  let actions = atAbort.get(signal);
  if (!actions) {
    const all = actions = new Set();
    atAbort.set(signal, all);
    signal.addEventListener("abort", () => all.forEach((one) => one()), { once: true });
  }
  const own = () => action(); // the same action may be given twice
  actions.add(own);
  return () => void actions.delete(own);
}

/**
 * Returns the reason of an aborted signal as an UnbrickError (`cancelled` unless it already is
 * one).
 */
export function abortError(signal: AbortSignal): UnbrickError {
  if (signal.reason instanceof UnbrickError) return signal.reason;
  return new UnbrickError("cancelled", text`Stopped by the user.`, {}, { cause: signal.reason });
}

/** Throws the reason of the signal if it is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/**
 * Runs `work` with a deadline. The signal given to `work` aborts at the deadline (reason: a
 * `timeout` error that names what did not happen in time) or when `options.signal` aborts. The
 * promise settles at the deadline even if `work` ignores its signal.
 */
export async function withDeadline<T>(
  clock: Clock,
  options: { ms: number; what: Words; signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const stop = new AbortController();
  const outer = options.signal;
  if (outer?.aborted) throw abortError(outer);
  return await new Promise<T>((resolve, reject) => {
    const settle = () => {
      forget?.();
      done.abort(FINISHED);
    };
    const fail = (error: unknown) => {
      settle();
      stop.abort(error);
      reject(error);
    };
    const forget = outer && whenAborted(outer, () => fail(abortError(outer)));
    clock.sleep(options.ms, done.signal).then(
      () =>
        fail(
          new UnbrickError("timeout", text`Waited ${options.ms} ms for ${options.what}.`, {
            what: String(options.what),
            milliseconds: options.ms,
          }),
        ),
      () => {},
    );
    work(stop.signal).then((value) => {
      settle();
      resolve(value);
    }, fail);
  });
}

/** Shared: creating an error for each deadline that is met would cost more than the deadline. */
const FINISHED = new UnbrickError("cancelled", text`The work has ended.`);
