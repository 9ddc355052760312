import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { Board } from "../../family/board.ts";
import type { Clock } from "../../common/clock.ts";
import type { StationEvent } from "../../station/events.ts";
import type { Console } from "../terminal/console.ts";
import { StatusArea } from "../terminal/status_area.ts";
import { makeStyle } from "../terminal/style.ts";
import { jsonLine } from "./json_line.ts";
import {
  noStation,
  plainStationLines,
  portLines,
  reduceStation,
  type StationViewOptions,
  stayingStationLines,
} from "./station.ts";

/** Shows the events of a station. */
export interface StationView {
  event(event: StationEvent): void;
  /** Leaves the terminal as it was found. May be called twice. */
  close(): void;
}

export interface StationViewSetting {
  readonly console: Console;
  readonly clock: Clock;
  readonly board: Board;
  readonly os: OperatingSystem;
  readonly json: boolean;
}

export function makeStationView(setting: StationViewSetting): StationView {
  if (setting.json) return jsonView(setting);
  return setting.console.isTerminal ? new TerminalStation(setting) : plainView(setting);
}

function jsonView({ console, clock, os }: StationViewSetting): StationView {
  return {
    close() {},
    event(event) {
      const error = "error" in event ? event.error : undefined;
      const facts = { ...event, ...(error && { advice: advice(error, os) }) };
      console.write(jsonLine(facts, clock.date()) + "\n");
    },
  };
}

function optionsOf({ console, board, os, clock }: StationViewSetting): StationViewOptions {
  const style = makeStyle(console);
  return { board, os, style, width: Math.max(40, console.columns), now: clock.now() };
}

function plainView(setting: StationViewSetting): StationView {
  let state = noStation;
  return {
    close() {},
    event(event) {
      const options = optionsOf(setting);
      const next = plainStationLines(state, event, options);
      state = next.state;
      setting.console.write(next.lines.map((line) => line + "\n").join(""));
    },
  };
}

/** Redraws with each event, and this often for what changes by time alone, ms. */
const REDRAW_MS = 250;

class TerminalStation implements StationView {
  readonly #screen: StatusArea;
  readonly #closed = new AbortController();
  #state = noStation;
  #isTicking = false;

  constructor(readonly setting: StationViewSetting) {
    this.#screen = new StatusArea(setting.console);
  }

  event(event: StationEvent): void {
    if (!this.#isTicking) {
      this.#isTicking = true;
      void this.#tick();
    }
    const options = optionsOf(this.setting);
    this.#state = reduceStation(this.#state, event, options.now);
    if (event.type === "station-ended") this.close();
    const lines = stayingStationLines(this.#state, event, options);
    if (lines.length > 0) this.#screen.print(lines);
    this.#draw();
  }

  close(): void {
    this.#closed.abort();
    this.#screen.clear();
  }

  #draw(): void {
    if (this.#closed.signal.aborted) return;
    this.#screen.draw(portLines(this.#state, optionsOf(this.setting)));
  }

  async #tick(): Promise<void> {
    try {
      while (true) {
        await this.setting.clock.sleep(REDRAW_MS, this.#closed.signal);
        this.#draw();
      }
    } catch {
      // closed
    }
  }
}
