import { setImmediate } from "node:timers";
import { systemClock } from "../../core/common/clock.ts";
import { ERROR } from "./codes.ts";
import { timeval } from "./layout.ts";
import type { Symbols } from "./symbols.ts";

interface Watcher {
  readonly look: () => boolean;
  readonly resolve: () => void;
}

/** Longest wait of one round, in ms: bounds how late a timeout or an arrival is seen. */
export const longestRoundMs = 100;

/** Longest wait on the calling thread, in ms: nothing else happens in the program meanwhile. */
const briefMs = 8;
/** After so long, in ms, whatever else waits in the program gets its turn first. */
const turnMs = 8;

/**
 * Lets libusb handle its events, on one thread at a time and only while somebody waits for something.
 *
 * libusb writes to a transfer only inside libusb_handle_events, so between two rounds, when `look` is
 * called, a transfer either is finished or was not touched. That is why no callback from C into
 * JavaScript is needed, and why no lock is either.
 */
export class EventPump {
  readonly #usb: Symbols;
  readonly #context: Deno.PointerObject;
  readonly #wait: Uint8Array<ArrayBuffer>;
  readonly #briefWait: Uint8Array<ArrayBuffer>;
  readonly #noWait: Uint8Array<ArrayBuffer>;
  readonly #watchers = new Set<Watcher>();
  #running?: Promise<void>;
  #closed = false;
  /** When the event loop last had its turn, as far as is known here. */
  #turnAt = -Infinity;

  constructor(usb: Symbols, context: Deno.PointerObject) {
    this.#usb = usb;
    this.#context = context;
    const [wait, brief, none] = [longestRoundMs, briefMs, 0]
      .map((ms) => timeval(ms, Deno.build.os === "windows"));
    this.#wait = wait;
    this.#briefWait = brief;
    this.#noWait = none;
  }

  /** Calls `look` after every round until it returns true or `stop` is called. `look` must not throw. */
  until(look: () => boolean): { readonly done: Promise<void>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#closed) {
      resolve();
      return { done: promise, stop: resolve };
    }
    const watcher = { look, resolve };
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
   * Handles events on the calling thread until `look` returns true, for a few milliseconds at most:
   * most transfers are over sooner than a thread is woken and tells so. False if it does not become
   * true, or if a thread handles events already.
   */
  async briefly(look: () => boolean): Promise<boolean> {
    if (systemClock.now() - this.#turnAt > turnMs) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#turnAt = systemClock.now();
    }
    const end = systemClock.now() + briefMs;
    while (this.#handleHere(this.#briefWait)) {
      if (look()) return true;
      if (systemClock.now() >= end) return false;
    }
    return false;
  }

  /** False if a thread handles events, or if libusb cannot. */
  #handleHere(wait: Uint8Array<ArrayBuffer>): boolean {
    if (this.#running || this.#closed) return false;
    return this.#usb.handleEventsHere(this.#context, Deno.UnsafePointer.of(wait), null) === 0;
  }

  /** One round: ends at the next event, at the latest after 100 ms. */
  round(): Promise<void> {
    return this.until(() => true).done;
  }

  /** Handles what has happened until now, without waiting for more. */
  async drain(): Promise<void> {
    if (this.#handleHere(this.#noWait)) return;
    const round = this.round();
    this.wake();
    await round;
  }

  /** Ends the current round, or makes the next one end at once. */
  wake(): void {
    if (!this.#closed) this.#usb.libusb_interrupt_event_handler(this.#context);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Ends when no thread handles events any more; those who still wait are told at once. */
  async close(): Promise<void> {
    this.wake();
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const wait = Deno.UnsafePointer.of(this.#wait);
    try {
      while (this.#watchers.size > 0) {
        const code = await this.#usb.libusb_handle_events_timeout_completed(
          this.#context,
          wait,
          null,
        );
        for (const watcher of this.#watchers) {
          if (!watcher.look() && !this.#closed) continue;
          this.#watchers.delete(watcher);
          watcher.resolve();
        }
        if (code < 0 && code !== ERROR.INTERRUPTED) await systemClock.sleep(20);
      }
    } finally {
      this.#running = undefined;
    }
  }
}
