import type { Clock } from "../../common/clock.ts";

/** The shortest time between two progress lines, milliseconds: at most 10 a second. */
const BETWEEN_MS = 100;

/**
 * Leaves out progress events, so that at most 10 lines a second are printed. Runs on several ports
 * share them.
 */
export class ProgressLimit {
  /** When each run last printed its progress; a run that has ended is no longer in it. */
  readonly #last = new Map<string, number>();
  #lastOfAll = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Returns false for a progress event that comes too soon. */
  lets(event: { readonly type: string; readonly port?: string }): boolean {
    const { type, port = "" } = event;
    if (type === "run-ended") this.#last.delete(port);
    if (type !== "progress") return true;
    const now = this.clock.now();
    if (now - this.#lastOfAll < BETWEEN_MS) return false;
    const runs = this.#last.has(port) ? this.#last.size : this.#last.size + 1;
    if (now - (this.#last.get(port) ?? -Infinity) < BETWEEN_MS * runs) return false;
    this.#lastOfAll = now;
    this.#last.set(port, now);
    return true;
  }
}
