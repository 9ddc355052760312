import type { Clock } from "../common/clock.ts";
import { UnbrickError } from "../common/errors.ts";
import type { TracedError, TraceEntry } from "./read_trace.ts";

/** A request that is not the recorded one. */
export interface Difference {
  /** The recorded entry that was due; undefined if nothing was recorded any more. */
  readonly recorded?: TraceEntry;
  /** What was asked for instead, as an entry; undefined: nothing more. */
  readonly now?: TraceEntry;
}

/** Entries that are asked for one after the other, on one pipe or one port. */
export class EntryQueue<T extends TraceEntry> {
  #at = 0;

  constructor(private readonly entries: readonly T[], private readonly timeline: Timeline) {}

  /** The entry that is due; undefined after the last one. */
  get next(): T | undefined {
    while (this.timeline.isSkipped(this.entries[this.#at])) this.#at++;
    return this.entries[this.#at];
  }

  /** For the timeline only. */
  advance(): void {
    this.#at++;
  }
}

/**
 * Plays the entries of a trace back in their order: entries that something asks for are taken, those
 * that happen by themselves (devices come and go) fall due.
 */
export class Timeline {
  /** Entries that something must ask for, and that nothing has asked for yet. */
  readonly #open: Set<TraceEntry>;
  readonly #order: ReadonlyMap<TraceEntry, number>;
  readonly #start: number;
  readonly #skipped = new Set<TraceEntry>();
  /** Of a look that may not ask for all of it. */
  #optional: Optional | undefined;
  readonly #waiting = new Set<() => void>();
  #difference: Difference | undefined;

  /** @param onDifference called once, at the first difference */
  constructor(
    readonly entries: readonly TraceEntry[],
    readonly clock: Clock,
    private readonly onDifference: (difference: Difference) => void,
  ) {
    this.#open = new Set(entries.filter(isAsked));
    this.#order = new Map(entries.map((entry, at) => [entry, at]));
    this.#start = clock.now();
  }

  get difference(): Difference | undefined {
    return this.#difference;
  }

  /** The first entry that nothing has asked for; undefined if all were. */
  get firstOpen(): TraceEntry | undefined {
    for (const entry of this.#open) return entry;
    return undefined;
  }

  /** Milliseconds from now to a recorded time, or 0 if it is past. */
  msUntil(time: number): number {
    const recorded = (time - (this.entries[0]?.time ?? 0)) / 1000;
    return Math.max(0, recorded - (this.clock.now() - this.#start));
  }

  /** True if all that was asked for before this entry has been asked for again. */
  isReached(entry: TraceEntry): boolean {
    const { firstOpen } = this;
    return !firstOpen || this.#order.get(entry)! < this.#order.get(firstOpen)!;
  }

  /** Takes the entry that is due in a queue. */
  take<T extends TraceEntry>(queue: EntryQueue<T>): void {
    const entry = queue.next;
    if (!entry) return;
    this.#open.delete(entry);
    queue.advance();
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * Does what asks for some of these entries, in their order, and passes over the others. As soon as it
   * asks for something else, it is left waiting for ever.
   */
  async pass(entries: readonly TraceEntry[], work: () => Promise<unknown>): Promise<void> {
    const left = Promise.withResolvers<void>();
    this.#optional = { entries: entries.filter((entry) => this.#open.has(entry)), left };
    try {
      await Promise.race([work(), left.promise]);
    } finally {
      this.#skip(this.#optional.entries);
      this.#optional = undefined;
    }
  }

  /**
   * Passes over optional entries until one that fits. Without one, the work on them is left where it is:
   * what fits behind them is for whoever asks after that work.
   * @param next the entry that is due where the request was made
   * @returns a promise that never resolves, for the work that is left; undefined for work that goes on,
   * which must take its entry before anything else asks
   */
  passTo(
    fits: (entry: TraceEntry) => boolean,
    next: TraceEntry | undefined,
  ): Promise<never> | undefined {
    if (!this.#optional) return undefined;
    const { entries, left } = this.#optional;
    if (next && fits(next) && entries.includes(next)) return undefined;
    const at = entries.findIndex((entry) => this.#open.has(entry) && fits(entry));
    if (at >= 0) {
      this.#skip(entries.slice(0, at));
      return undefined;
    }
    left.resolve();
    return new Promise(() => {});
  }

  #skip(entries: readonly TraceEntry[]): void {
    for (const entry of entries) {
      if (this.#open.delete(entry)) this.#skipped.add(entry);
    }
    for (const wake of [...this.#waiting]) wake();
  }

  isSkipped(entry: TraceEntry | undefined): boolean {
    return entry !== undefined && this.#skipped.has(entry);
  }

  /** Resolves when another entry is taken, or after `ms`. */
  async progress(ms: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const wake = () => stop.abort(TAKEN);
    this.#waiting.add(wake);
    try {
      await this.clock.sleep(ms, AbortSignal.any([signal, stop.signal]));
    } catch (error) {
      if (error !== TAKEN) throw error;
    } finally {
      this.#waiting.delete(wake);
    }
  }

  /** Ends the replay. @returns the error for whoever asked */
  differs(difference: Difference): UnbrickError {
    if (!this.#difference) {
      this.#difference = difference;
      this.onDifference(difference);
    }
    return new UnbrickError("cancelled", "The replay differs from its recording.");
  }
}

interface Optional {
  readonly entries: readonly TraceEntry[];
  readonly left: PromiseWithResolvers<void>;
}

const TAKEN = new UnbrickError("cancelled", "An entry was taken.");

/** True for what happens because unbrick asks for it. */
function isAsked(entry: TraceEntry): boolean {
  if (entry.type === "transfer") return !entry.isBySystem;
  if (entry.type === "serial") return true;
  const { type, call } = entry.facts;
  return type === "serial" || (type === "call" && call !== "list");
}

/** Throws what was recorded. */
export function throwRecorded({ kind, message }: TracedError): never {
  throw new UnbrickError(kind, message);
}
