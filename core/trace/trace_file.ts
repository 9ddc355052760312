import { concat } from "../common/bytes.ts";
import { systemClock, withDeadline } from "../common/clock.ts";
import { UnbrickError } from "../common/errors.ts";
import { fileError } from "../common/file_error.ts";
import { byteSize } from "../common/format.ts";
import { text } from "../common/text.ts";
import type { TraceSink } from "./trace.ts";

/** The most that waits for a slow disk, bytes: then the rest of the trace is given up. */
const MOST_WAITING = 64 * 2 ** 20;
/** How long the end of a trace may take to reach the disk, ms. */
const CLOSE_MS = 10_000;
/**
 * What comes within this time goes to the disk together, ms: a write for each half of a transfer would
 * cost more than the transfer. A process that is killed loses at most this much of its trace.
 */
const GATHER_MS = 100;
/** So many bytes do not wait for more. */
const ENOUGH = 256 * 2 ** 10;

/**
 * Writes a trace into a file while the run goes on. A run never waits for the disk, and never fails with
 * it: what cannot be written is given up, and `lost` says why.
 */
export class TraceFile implements TraceSink {
  readonly #file: Deno.FsFile;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #bytes = 0;
  #lost: UnbrickError | undefined;
  #isClosing = false;
  #goOn = () => {};

  /**
   * @param file Left out: the file is created.
   * @throws UnbrickError `not-found`, `permission` if the file cannot be created
   */
  constructor(readonly path: string, file?: Deno.FsFile) {
    try {
      this.#file = file ?? Deno.openSync(path, { write: true, create: true, truncate: true });
    } catch (error) {
      throw fileError(path, "written", error);
    }
  }

  /** Why the end of the trace is not in its file; undefined if all of it is. */
  get lost(): UnbrickError | undefined {
    return this.#lost;
  }

  /** Bytes that were taken so far. */
  get bytes(): number {
    return this.#bytes;
  }

  write(block: Uint8Array): void {
    if (this.#lost) return;
    this.#bytes += block.length;
    this.#waitingBytes += block.length;
    if (this.#waitingBytes > MOST_WAITING) {
      this.#lose(
        new UnbrickError(
          "not-found",
          text`${this.path} cannot be written: the disk is so slow that ${
            byteSize(MOST_WAITING)
          } are waiting.`,
          { path: this.path },
        ),
      );
      return;
    }
    this.#waiting.push(block);
    this.#writing ??= this.#drain();
    if (this.#waitingBytes >= ENOUGH) this.#goOn();
  }

  /** Writes what is waiting, and closes the file. Never throws. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#goOn();
    const limit = { ms: CLOSE_MS, what: text`the disk` };
    await withDeadline(systemClock, limit, async () => await this.#writing).catch((error) =>
      this.#lose(fileError(this.path, "written", error))
    );
    try {
      this.#file.close();
    } catch (error) {
      this.#lose(fileError(this.path, "written", error));
    }
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await this.#gather();
        const bytes = concat(this.#waiting.splice(0));
        for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
        this.#waitingBytes -= bytes.length;
      }
    } catch (error) {
      this.#lose(fileError(this.path, "written", error));
    } finally {
      this.#writing = undefined;
    }
  }

  #gather(): Promise<void> {
    if (this.#isClosing || this.#waitingBytes >= ENOUGH) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = systemClock.after(GATHER_MS, resolve);
      this.#goOn = () => {
        stop();
        resolve();
      };
    });
  }

  #lose(error: UnbrickError): void {
    this.#lost ??= error;
    this.#waiting = [];
  }
}
