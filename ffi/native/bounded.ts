import { abortError, systemClock } from "../../core/common/clock.ts";
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

/** How long a call may still take after an abort, ms. */
export const GRACE_MS = 300;

/**
 * Waits for a call that may never return: a thread that hangs in the kernel cannot be ended.
 * Everything it uses must stay unchanged until the process ends.
 * @throws UnbrickError `timeout` with the name of the call; the reason of the signal, if it aborts
 */
export async function bounded<T>(work: Promise<T>, limit: Limit): Promise<T> {
  const { ms, signal, lost } = limit;
  let isBack = false;
  const back = () => isBack = true;
  const done = new AbortController();
  const pause = (ms: number) => systemClock.sleep(ms, done.signal);
  const late = pause(ms).then(() => {
    throw hanging(limit);
  });
  const unwanted = signal &&
    untilAborted(signal, done.signal).then(() => pause(GRACE_MS)).then(() => {
      throw abortError(signal);
    });
  work.then(back, back);
  late.catch(() => {});
  unwanted?.catch(() => {});
  try {
    return await Promise.race(unwanted ? [work, late, unwanted] : [work, late]);
  } finally {
    if (!isBack) lost?.();
    done.abort(FINISHED);
  }
}

/** Returns the result of a call; undefined if it does not return in time. */
export async function orLate<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const done = new AbortController();
  const late = systemClock.sleep(ms, done.signal).then(() => undefined, () => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort(FINISHED);
  }
}

/** Shared: creating an error for each call that returns would cost more than the call. */
const FINISHED = new UnbrickError("cancelled", "");

/** Resolves when the signal aborts; never if `done` aborts first. */
function untilAborted(signal: AbortSignal, done: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true, signal: done })
  );
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
