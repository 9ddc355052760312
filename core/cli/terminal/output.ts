import type { Clock } from "../../common/clock.ts";

/** A stream that writes bytes and returns how many it wrote, such as standard output. */
export interface ByteStream {
  write(bytes: Uint8Array): Promise<number>;
}

/** The most text waiting to be written, in UTF-16 units; the rest is lost. */
const MAX_PENDING = 16 * 1024 * 1024;
/** How often a flush checks for progress, in milliseconds. */
const POLL_MS = 20;

/**
 * Writes to a stream in the background, in order. Writing never waits and never fails: a full disk, a
 * closed terminal or a reader that does not read must not stop the work on a camera.
 */
export class Output {
  readonly #stream: ByteStream;
  #pending: string[] = [];
  #length = 0;
  #written = 0;
  #isWriting = false;
  #failure: Error | undefined;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /**
   * The reason why output was lost; undefined if none was. A reader that has gone (EPIPE) does not
   * count as a loss.
   */
  get failure(): Error | undefined {
    return this.#failure instanceof Deno.errors.BrokenPipe ? undefined : this.#failure;
  }

  write(text: string): void {
    if (this.#failure || text === "") return;
    if (this.#length + text.length > MAX_PENDING) {
      this.#failure = new Error("nobody reads it");
      return;
    }
    this.#pending.push(text);
    this.#length += text.length;
    if (!this.#isWriting) void this.#run();
  }

  /**
   * Waits until everything is written, or writing has stalled.
   *
   * @param options.stallMs Gives up when nothing was written for this long, in milliseconds.
   * @param options.stoppedMs Replaces `stallMs` after the signal has aborted.
   * @returns false if something is still waiting
   */
  async flush(
    clock: Clock,
    options: {
      readonly stallMs: number;
      readonly stoppedMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<boolean> {
    let moved = this.#written, since = clock.now();
    while (this.#isWriting) {
      const limit = options.signal.aborted ? options.stoppedMs : options.stallMs;
      if (this.#written !== moved) [moved, since] = [this.#written, clock.now()];
      if (clock.now() - since >= limit) return false;
      await clock.sleep(POLL_MS);
    }
    return true;
  }

  async #run(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#pending.length > 0) {
        const bytes = new TextEncoder().encode(this.#pending.join(""));
        [this.#pending, this.#length] = [[], 0];
        for (let at = 0; at < bytes.length;) {
          const taken = await this.#stream.write(bytes.subarray(at));
          at += taken;
          this.#written += taken;
        }
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      [this.#pending, this.#length] = [[], 0];
    } finally {
      this.#isWriting = false;
    }
  }
}
