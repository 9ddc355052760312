import type { Clock } from "../../common/clock.ts";
import { environmentValue } from "../../common/environment.ts";
import { Output } from "./output.ts";
import { text, type Words } from "../../common/text.ts";

/** Where texts go and where keys come from. The only file that touches the standard streams. */
export interface Console {
  /** Standard output is a terminal that can be drawn on. */
  readonly isTerminal: boolean;
  /** Somebody can be asked: standard input and output are terminals. */
  readonly canAsk: boolean;
  /** Width in columns. */
  readonly columns: number;
  readonly colour: boolean;
  /** For a screen reader or a log: nothing is drawn, one sentence a line. Left out: false. */
  readonly plain?: boolean;
  readonly unicode: boolean;
  /** To standard output, as it is. Never waits and never fails; see output.ts. */
  write(text: string): void;
  /** To standard error. */
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
 * The console of this process.
 * @param options.colour false for `--no-color`
 * @param options.plain true for `--plain`; so is a terminal that cannot move its cursor, or none
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
      return isTerminal ? columnsOfTerminal() : PLAIN_COLUMNS;
    },
    colour: options.colour && isTerminal && !environmentValue("NO_COLOR"),
    unicode: Deno.build.os === "windows" || /utf-?8/i.test(locale ?? ""),
    write: (text) => output.write(text),
    writeError: (text) => errors.write(text),
  };
}

/** A sentence is not broken: whoever reads it aloud, or a log, has it whole. */
const PLAIN_COLUMNS = 10_000;

function columnsOfTerminal(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80; // stdout was closed or replaced meanwhile
  }
}

const output = new Output(Deno.stdout), errors = new Output(Deno.stderr);

/** Once the work was stopped, its last words may take this long, milliseconds. */
const STOPPED_MS = 1_000;

/**
 * Waits until both streams have taken everything.
 *
 * @param stallMs Gives up when nothing could be written for so long, milliseconds.
 * @param signal Of the work; once it has aborted a second is enough.
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
