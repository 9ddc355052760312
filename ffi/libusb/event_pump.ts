import { systemClock } from "../../core/common/clock.ts";
import { orLate } from "../native/bounded.ts";
import { CoarseTimers } from "../native/coarse_timers.ts";
import type { System } from "../native/mod.ts";
import { ERROR } from "./codes.ts";
import { timeval } from "./layout.ts";
import type { Symbols } from "./symbols.ts";

/** Returns true if the expected event has happened. @param now the time of this round, read once for all */
type Look = (now?: () => number) => boolean;

interface Watcher {
  readonly look: Look;
  readonly giveUp: () => boolean;
  readonly resolve: () => void;
}

/** Longest wait of one round, in ms: limits how late a timeout or an arrival is noticed. */
export const longestRoundMs = 100;
/** A round that is late by more than this, in ms, hangs. */
const overdueMs = 700;

/**
 * Lets libusb handle its events, on one thread at a time and only while some code waits for a
 * transfer or a change.
 *
 * libusb writes to a transfer only inside libusb_handle_events, so between two rounds, when `look`
 * is called, a transfer either is finished or was not touched. So no callback from C into
 * JavaScript is needed, and no lock.
 */
export class EventPump {
  readonly #usb: Symbols;
  readonly #context: Deno.PointerObject;
  readonly #wait: Uint8Array<ArrayBuffer>;
  readonly #waitPointer: Deno.PointerValue;
  readonly #watchers = new Set<Watcher>();
  #running?: Promise<void>;
  /** The running call, and since when it is late. */
  #round?: { readonly end: Promise<number>; lateSince?: number };
  /** Calls that end a round and have not returned: they also use libusb's context. */
  readonly #wakes = new Set<Promise<void>>();
  /** Transfers that the system has not accepted yet. */
  readonly #submissions = new Set<Promise<void>>();
  /** Measure the deadlines of calls that nearly always return at once. */
  readonly timers: CoarseTimers = new CoarseTimers(longestRoundMs);
  #closed = false;

  constructor(usb: Symbols, context: Deno.PointerObject, system: System) {
    this.#usb = usb;
    this.#context = context;
    this.#wait = timeval(longestRoundMs, system === "windows");
    this.#waitPointer = Deno.UnsafePointer.of(this.#wait);
  }

  /**
   * Calls `look` after every round until it returns true or `stop` is called. `look` must not
   * throw.
   * @param giveUp called repeatedly while a round does not end; true ends the wait
   */
  until(
    look: Look,
    giveUp: () => boolean = () => false,
  ): { readonly done: Promise<void>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#closed) {
      resolve();
      return { done: promise, stop: resolve };
    }
    const watcher = { look, giveUp, resolve };
    this.#watchers.add(watcher);
    this.#running ??= this.#run();
    return {
      done: promise,
      stop: () => {
        this.#watchers.delete(watcher);
        resolve();
      },
    };
  }

  /**
   * Resolves as `until` does, and also if an earlier round has already brought what `look` finds:
   * then no event would end the next one.
   */
  async come(look: Look, giveUp: () => boolean): Promise<void> {
    const hasCome = look();
    if (hasCome && !this.#round) return;
    const { done } = this.until(look, giveUp);
    if (hasCome) this.wake(); // during a round, it does not count yet
    await done;
  }

  /**
   * Runs one round, which ends at the next event, or after 200 ms at the latest, even if libusb
   * hangs.
   */
  round(): Promise<void> {
    return this.until(() => true, () => true).done;
  }

  /** Handles pending events without waiting for more. */
  async drain(): Promise<void> {
    const round = this.round();
    this.wake();
    await round;
  }

  /** Ends the current round, or the next one at once. */
  wake(): void {
    if (this.#closed) return;
    const wake = this.#usb.libusb_interrupt_event_handler(this.#context).catch(() => {})
      .finally(() => this.#wakes.delete(wake));
    this.#wakes.add(wake);
  }

  /**
   * Lets the next round wait for a submission: of several transfers that are under way together, one
   * round then brings as many as have ended, instead of one each. One that hangs delays one round by
   * 200 ms at most.
   * @param accepted resolves when it is over; never rejects
   */
  awaitSubmission(accepted: Promise<void>): void {
    this.#submissions.add(accepted);
    accepted.then(() => this.#submissions.delete(accepted));
  }

  /** True while a thread is inside libusb. */
  get isRunning(): boolean {
    return this.#round !== undefined || this.#wakes.size > 0;
  }

  /** True if libusb does not return from handling events. */
  get isHung(): boolean {
    const lateSince = this.#round?.lateSince;
    return lateSince !== undefined && systemClock.now() - lateSince > overdueMs;
  }

  /** Resolves when no thread handles events any more, or after `ms`; ends all waits at once. */
  async close(ms: number): Promise<void> {
    this.wake();
    this.#closed = true;
    const calls = [...this.#wakes, ...(this.#round ? [this.#round.end] : [])];
    if (calls.length > 0) await orLate(Promise.allSettled(calls), ms);
    for (const { resolve } of this.#watchers) resolve();
    this.#watchers.clear();
    await this.#running;
    this.timers.close();
  }

  async #run(): Promise<void> {
    try {
      while (this.#watchers.size > 0) {
        if (!this.#round && this.#submissions.size > 0) {
          const accepted = Promise.all(this.#submissions);
          // One that hangs is not waited for again.
          if (!await orLate(accepted, longestRoundMs, this.timers)) this.#submissions.clear();
          if (this.#closed || this.#watchers.size === 0) break;
        }
        const round = this.#round ??= this.#begin();
        // Waiting code may give up about every 200 ms during a round.
        const code = await orLate(round.end, longestRoundMs, this.timers);
        if (code === undefined) round.lateSince ??= systemClock.now();
        let time: number | undefined;
        const now = () => time ??= systemClock.now();
        for (const watcher of this.#watchers) {
          const isOver = code === undefined ? watcher.giveUp() : watcher.look(now);
          if (!isOver && !this.#closed) continue;
          this.#watchers.delete(watcher);
          watcher.resolve();
        }
        if (code !== undefined && code < 0 && code !== ERROR.INTERRUPTED) {
          await systemClock.sleep(20);
        }
      }
    } finally {
      this.#running = undefined;
    }
  }

  #begin(): { readonly end: Promise<number>; lateSince?: number } {
    const call = this.#usb.libusb_handle_events_timeout_completed(
      this.#context,
      this.#waitPointer,
      null,
    );
    return { end: call.finally(() => this.#round = undefined) };
  }
}
