import { abortError, systemClock, type TimerClock, whenAborted } from "../../core/common/clock.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { text, type Words } from "../../core/common/text.ts";

/** A call into the system, on its own thread, and how long it may take. */
export interface Limit {
  /** `libusb_open` */
  readonly call: string;
  /** Milliseconds. */
  readonly ms: number;
  /** Its subject in words; undefined: none. */
  readonly subject?: Words;
  /** `1-1.3` */
  readonly port?: string;
  /** Ends the wait, after a short grace period in which most calls return. */
  readonly signal?: AbortSignal;
  /** Called when the wait has ended but the call has not returned. */
  readonly lost?: () => void;
}

type Timers = Pick<TimerClock, "after">;

/** How long a call may still take after an abort, ms. */
export const GRACE_MS = 300;

/**
 * Waits for a call that may never return: a thread that hangs in the kernel cannot be ended.
 * Everything it uses must stay unchanged until the process ends.
 * @param timers measure the deadline
 * @throws UnbrickError `timeout` with the name of the call; the reason of the signal, if it aborts
 */
export function bounded<T>(
  work: Promise<T>,
  limit: Limit,
  timers: Timers = systemClock,
): Promise<T> {
  const { ms, signal, lost } = limit;
  return new Promise((resolve, reject) => {
    const giveUp = (error: UnbrickError) => {
      end();
      lost?.();
      reject(error);
    };
    const stopLate = timers.after(ms, () => giveUp(hanging(limit)));
    let stopGrace: (() => void) | undefined, forget: (() => void) | undefined;
    const onAbort = () =>
      stopGrace = systemClock.after(GRACE_MS, () => giveUp(abortError(signal!)));
    const end = () => {
      stopLate();
      stopGrace?.();
      forget?.();
    };
    if (signal?.aborted) onAbort();
    else if (signal) forget = whenAborted(signal, onAbort);
    passOn(work, end, resolve, reject);
  });
}

/** Returns the result of a call; undefined if it does not return in time. */
export function orLate<T>(
  work: Promise<T>,
  ms: number,
  timers: Timers = systemClock,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = timers.after(ms, () => resolve(undefined));
    passOn(work, stop, resolve, reject);
  });
}

/** Calls `end`, and then what fits, when `work` ends: as `finally` does, without its two promises. */
function passOn<T>(
  work: Promise<T>,
  end: () => void,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): void {
  work.then((value) => {
    end();
    resolve(value);
  }, (error) => {
    end();
    reject(error);
  });
}

/** Returns the `timeout` error of a call that has not returned in time. */
export function hanging({ call, ms, subject, port }: Limit): UnbrickError {
  const seconds = ms / 1000;
  const data = { call, milliseconds: ms, port: port ?? null };
  const message = subject === undefined
    ? text`The operating system hangs: ${call} has not returned within ${seconds} s.`
    : text`The operating system hangs: ${call} for ${subject} has not returned within ${seconds}
      s.`;
  return new UnbrickError("timeout", message, data);
}

/** How long each of several functions may take. */
export interface FunctionLimits extends Omit<Limit, "call"> {
  /** Milliseconds for functions with their own deadlines, from their arguments. */
  // deno-lint-ignore no-explicit-any
  readonly own?: Readonly<Record<string, (...given: any[]) => number>>;
}

/**
 * Returns the same functions; those that return a promise get a deadline, and the error contains
 * their name.
 */
export function boundedFunctions<T extends object>(functions: T, limits: FunctionLimits): T {
  const { own = {}, ...limit } = limits;
  const entries = Object.entries(functions).map(([call, run]) => {
    if (typeof run !== "function") return [call, run];
    return [call, (...given: unknown[]) => {
      const result = run(...given);
      if (!(result instanceof Promise)) return result;
      return bounded(result, { ...limit, call, ms: own[call]?.(...given) ?? limit.ms });
    }];
  });
  return Object.fromEntries(entries);
}
