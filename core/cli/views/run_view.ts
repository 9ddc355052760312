import type { OperatingSystem } from "../../common/advice.ts";
import { advice } from "../../common/advice.ts";
import type { Board } from "../../family/board.ts";
import type { Clock } from "../../common/clock.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { Console } from "../terminal/console.ts";
import { keptAdvice } from "../trace/kept_advice.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import { StatusArea } from "../terminal/status_area.ts";
import { makeStyle } from "../terminal/style.ts";
import type { EndingOptions } from "./ending.ts";
import { jsonLine } from "../json/json_line.ts";
import { ProgressLimit } from "../json/progress_limit.ts";
import { plain, plainStart } from "./run_plain.ts";
import { initialRun, reduce } from "./run_state.ts";
import { logLines, statusLines } from "./run_terminal.ts";
import type { Words } from "../../common/text.ts";

/** Shows the events of one run. */
export interface RunView {
  event(event: RunEvent): void;
  /** Makes room for a prompt while `work` runs. */
  withPrompt<T>(work: () => Promise<T>): Promise<T>;
  /** Prints a message that is not an event. */
  say(text: Words): void;
  /** Restores the terminal. May be called twice. */
  close(): void;
}

export interface RunViewOptions {
  readonly console: Console;
  readonly clock: Clock;
  readonly board: Board;
  readonly os: OperatingSystem;
  readonly json: boolean;
  /** As in EndingOptions. */
  readonly isGuided?: boolean;
  readonly isPractice?: boolean;
  readonly isKept?: boolean;
}

export function makeRunView(options: RunViewOptions): RunView {
  if (options.json) return jsonView(options);
  return options.console.isTerminal ? new TerminalView(options) : plainView(options);
}

const withPrompt = <T>(work: () => Promise<T>) => work();

function jsonView({ console, clock, os, isKept = false }: RunViewOptions): RunView {
  const limit = new ProgressLimit(clock);
  return {
    withPrompt,
    close() {},
    say() {},
    event(event) {
      if (!limit.lets(event)) return;
      const error = "error" in event ? event.error : undefined;
      const content = error
        ? {
          ...event,
          error: { ...error, advice: [...advice(error, os), ...keptAdvice(error, isKept)] },
        }
        : event;
      console.write(jsonLine(content, clock.date()) + "\n");
    },
  };
}

function plainView(options: RunViewOptions): RunView {
  let state = plainStart;
  const ending = endingOptions(options);
  return {
    withPrompt,
    close() {},
    say: (text) => options.console.write(say(text) + "\n"),
    event(event) {
      const next = plain(state, event, ending());
      state = next.state;
      options.console.write(next.lines.map((line) => line + "\n").join(""));
    },
  };
}

/** Redraws at each event, and also at this interval, ms. */
const REDRAW_MS = 100;

class TerminalView implements RunView {
  readonly #screen: StatusArea;
  readonly #ending: () => EndingOptions;
  #run = initialRun;
  /** `clock.now()` when the run began. */
  #start: number | undefined;

  constructor(readonly options: RunViewOptions) {
    const { console, clock } = options;
    const ending = this.#ending = endingOptions(options);
    this.#screen = new StatusArea({
      console,
      clock,
      tickMs: REDRAW_MS,
      status: () => statusLines(this.#run, clock.now() - (this.#start ?? 0), ending()),
    });
  }

  event(event: RunEvent): void {
    this.#start ??= this.options.clock.now() - event.at;
    this.#run = reduce(this.#run, event);
    if (event.type === "run-ended") this.close();
    this.#screen.update(logLines(this.#run, event, this.#ending()));
  }

  say(text: string): void {
    this.#screen.print(wrap(text, this.options.console.columns));
  }

  withPrompt<T>(work: () => Promise<T>): Promise<T> {
    return this.#screen.withPrompt(work);
  }

  close(): void {
    this.#screen.close();
  }
}

function endingOptions(options: RunViewOptions): () => EndingOptions {
  const { console, board, os, isGuided, isPractice, isKept } = options;
  const style = makeStyle(console);
  return () => ({
    board,
    os,
    style,
    isGuided,
    isPractice,
    isKept,
    width: Math.max(20, console.columns),
  });
}
