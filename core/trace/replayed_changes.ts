import type { TracedNote } from "./read_trace.ts";
import type { Timeline } from "./timeline.ts";

/**
 * The changes of a recorded bus, in order. One is there once everything before it was asked for again,
 * and its time has come, or as many looks were made as in the recording.
 */
export class ReplayedChanges {
  #looks = 0;
  #done = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly changes: readonly TracedNote[],
  ) {}

  /** Makes a look. @returns the changes that it is the first to see */
  look(): TracedNote[] {
    this.#looks++;
    const from = this.#done;
    while (this.#isDue(this.changes[this.#done])) this.#done++;
    return this.changes.slice(from, this.#done);
  }

  /** Milliseconds to the next change; undefined if it cannot come yet. */
  get msToNext(): number | undefined {
    const next = this.changes[this.#done];
    if (!next || !this.timeline.isReached(next)) return undefined;
    return this.timeline.msUntil(next.time);
  }

  #isDue(change: TracedNote | undefined): boolean {
    if (!change || !this.timeline.isReached(change)) return false;
    return this.timeline.msUntil(change.time) === 0 || Number(change.facts.look) <= this.#looks;
  }
}
