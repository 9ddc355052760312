import type { OperatingSystem } from "../../common/advice.ts";
import { advice } from "../../common/advice.ts";
import type { Board } from "../../family/board.ts";
import type { Clock } from "../../common/clock.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { Console } from "../terminal/console.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import { StatusArea } from "../terminal/status_area.ts";
import { makeStyle } from "../terminal/style.ts";
import type { EndingOptions } from "./ending.ts";
import { jsonLine } from "./json_line.ts";
import { plain, plainStart } from "./plain.ts";
import { noRun, reduce } from "./run_state.ts";
import { logLines, statusLines } from "./terminal.ts";
import type { Words } from "../../common/text.ts";

/** Shows the events of one run. */
export interface RunView {
  event(event: RunEvent): void;
  /** Makes room for a prompt while `work` runs. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** Says something that is no event. */
  say(text: Words): void;
  /** Leaves the terminal as it was found. May be called twice. */
  close(): void;
}

export interface RunViewOptions {
  readonly console: Console;
  readonly clock: Clock;
  readonly board: Board;
  readonly os: OperatingSystem;
  readonly json: boolean;
  /** As in EndingOptions. */
  readonly isLed?: boolean;
  readonly isPractice?: boolean;
}

export function makeRunView(options: RunViewOptions): RunView {
  if (options.json) return jsonView(options);
  return options.console.isTerminal ? new TerminalView(options) : plainView(options);
}

const aside = <T>(work: () => Promise<T>) => work();

function jsonView({ console, clock, os }: RunViewOptions): RunView {
  return {
    aside,
    close() {},
    say() {},
    event(event) {
      const error = event.type === "run-ended" ? event.error : undefined;
      const facts = error ? { ...event, advice: advice(error, os) } : event;
      console.write(jsonLine(facts, clock.date()) + "\n");
    },
  };
}

function plainView(options: RunViewOptions): RunView {
  let state = plainStart;
  const ending = endingOptions(options);
  return {
    aside,
    close() {},
    say: (text) => options.console.write(say(text) + "\n"),
    event(event) {
      const next = plain(state, event, ending());
      state = next.state;
      options.console.write(next.lines.map((line) => line + "\n").join(""));
    },
  };
}

/** Redraws with each event, and ten times a second for what changes by time alone. */
const REDRAW_MS = 100;

class TerminalView implements RunView {
  readonly #screen: StatusArea;
  readonly #ending: () => EndingOptions;
  readonly #closed = new AbortController();
  #run = noRun;
  #asides = 0;
  /** `clock.now()` when the run began. */
  #start: number | undefined;

  constructor(readonly options: RunViewOptions) {
    this.#screen = new StatusArea(options.console);
    this.#ending = endingOptions(options);
  }

  event(event: RunEvent): void {
    if (this.#start === undefined) {
      this.#start = this.options.clock.now() - event.at;
      this.#tick();
    }
    this.#run = reduce(this.#run, event);
    if (event.type === "run-ended") this.close();
    const lines = logLines(this.#run, event, this.#ending());
    if (lines.length > 0) this.#screen.print(lines);
    this.#draw();
  }

  say(text: string): void {
    this.#screen.print(wrap(text, this.options.console.columns));
  }

  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.#asides++;
    this.#screen.clear();
    try {
      return await work();
    } finally {
      this.#asides--;
      this.#draw();
    }
  }

  close(): void {
    this.#closed.abort();
    this.#screen.clear();
  }

  #draw(): void {
    if (this.#asides > 0 || this.#closed.signal.aborted) return;
    const at = this.options.clock.now() - (this.#start ?? 0);
    this.#screen.draw(statusLines(this.#run, at, this.#ending()));
  }

  async #tick(): Promise<void> {
    const { clock } = this.options;
    try {
      while (true) {
        await clock.sleep(REDRAW_MS, this.#closed.signal);
        this.#draw();
      }
    } catch {
      // closed
    }
  }
}

function endingOptions(options: RunViewOptions): () => EndingOptions {
  const { console, board, os, isLed, isPractice } = options;
  const style = makeStyle(console);
  return () => ({ board, os, style, isLed, isPractice, width: Math.max(20, console.columns) });
}
