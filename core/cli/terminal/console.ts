import type { Clock } from "../../common/clock.ts";
import { environmentValue } from "../../common/environment.ts";
import { Output } from "./output.ts";
import { text, type Words } from "../../common/text.ts";

/** Writes text and knows what the terminal can do. Only this file uses the standard streams. */
export interface Console {
  /** True if standard output is a terminal that supports redrawing. */
  readonly isTerminal: boolean;
  /** True if a person can be asked: standard input and output are terminals. */
  readonly canAsk: boolean;
  /** Width in columns. */
  readonly columns: number;
  /** Height in lines; omitted if there is no terminal. */
  readonly rows?: number;
  readonly colour: boolean;
  /**
   * True for a screen reader or a log: nothing is redrawn, and each sentence is one line. Default
   * false.
   */
  readonly plain?: boolean;
  readonly unicode: boolean;
  /** Writes to standard output, unchanged. Never waits and never fails; see output.ts. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
}

/** Escape sequences (ECMA-48, DEC private modes). */
export const escape = {
  hideCursor: "\x1b[?25l",
  showCursor: "\x1b[?25h",
  /** Clears from the cursor to the end of the screen. */
  clearBelow: "\x1b[J",
  /** Moves to the first column, `lines` up. */
  up: (lines: number) => lines > 0 ? `\r\x1b[${lines}A` : "\r",
} as const;

/**
 * Returns the console of this process.
 * @param options.colour false for `--no-color`
 * @param options.plain true for `--plain`; also set if there is no terminal or it cannot move its
 * cursor
 */
export function systemConsole(options: { colour: boolean; plain?: boolean }): Console {
  const isThere = Deno.stdout.isTerminal();
  const plain = options.plain === true || !isThere || environmentValue("TERM") === "dumb";
  const isTerminal = isThere && !plain;
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(environmentValue).find(Boolean);
  return {
    isTerminal,
    plain,
    canAsk: isThere && Deno.stdin.isTerminal(),
    get columns() {
      return isTerminal ? sizeOfTerminal().columns : PLAIN_COLUMNS;
    },
    get rows() {
      return isTerminal ? sizeOfTerminal().rows : undefined;
    },
    colour: options.colour && isTerminal && !environmentValue("NO_COLOR"),
    unicode: Deno.build.os === "windows" || /utf-?8/i.test(locale ?? ""),
    write: (text) => output.write(text),
    writeError: (text) => errors.write(text),
  };
}

/**
 * Width of plain output: sentences are not broken, so that screen readers and logs get them whole.
 */
const PLAIN_COLUMNS = 10_000;

function sizeOfTerminal(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 }; // stdout has been closed or replaced
  }
}

const output = new Output(Deno.stdout), errors = new Output(Deno.stderr);

/** The longest time to write the last output after the work was stopped, in milliseconds. */
const STOPPED_MS = 1_000;

/**
 * Waits until all output is written to both streams.
 *
 * @param stallMs Gives up if nothing could be written for this long, in milliseconds.
 * @param signal The signal of the work; after it aborts, the limit is one second.
 * @returns why part of standard output was lost; undefined if none was
 */
export async function flushConsole(
  clock: Clock,
  stallMs: number,
  signal: AbortSignal,
): Promise<Words | undefined> {
  const limits = { stallMs, stoppedMs: STOPPED_MS, signal };
  const isWritten = await output.flush(clock, limits) && await errors.flush(clock, limits);
  return output.failure?.message ?? (isWritten ? undefined : text`no program reads it`);
}
