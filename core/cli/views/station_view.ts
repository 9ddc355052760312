import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { Board } from "../../family/board.ts";
import type { Clock } from "../../common/clock.ts";
import type { StationEvent } from "../../station/events.ts";
import type { Console } from "../terminal/console.ts";
import { StatusArea } from "../terminal/status_area.ts";
import { makeStyle } from "../terminal/style.ts";
import { portLines } from "./port_lines.ts";
import { jsonLine } from "../json/json_line.ts";
import { ProgressLimit } from "../json/progress_limit.ts";
import { plainStationLines, stationLogLines } from "./station_lines.ts";
import { initialStation, reduceStation, type StationViewOptions } from "./station_state.ts";

/** Shows the events of a station. */
export interface StationView {
  event(event: StationEvent): void;
  /** Restores the terminal. May be called twice. */
  close(): void;
}

export interface StationViewEnvironment {
  readonly console: Console;
  readonly clock: Clock;
  readonly boards: readonly Board[];
  readonly os: OperatingSystem;
  readonly json: boolean;
}

export function makeStationView(setting: StationViewEnvironment): StationView {
  if (setting.json) return jsonView(setting);
  return setting.console.isTerminal ? new TerminalStation(setting) : plainView(setting);
}

function jsonView({ console, clock, os }: StationViewEnvironment): StationView {
  const limit = new ProgressLimit(clock);
  return {
    close() {},
    event(event) {
      if (!limit.lets(event)) return;
      const error = "error" in event ? event.error : undefined;
      const content = {
        ...event,
        ...(error && { error: { ...error, advice: advice(error, os) } }),
      };
      console.write(jsonLine(content as StationEvent, clock.date()) + "\n");
    },
  };
}

function optionsOf({ console, boards, os, clock }: StationViewEnvironment): StationViewOptions {
  const style = makeStyle(console);
  const { columns, rows = 24 } = console;
  return { boards, os, style, width: Math.max(40, columns), rows, now: clock.now() };
}

function plainView(setting: StationViewEnvironment): StationView {
  let state = initialStation;
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

/** Redraws at each event, and also at this interval, ms. */
const REDRAW_MS = 250;

class TerminalStation implements StationView {
  readonly #screen: StatusArea;
  #state = initialStation;

  constructor(readonly setting: StationViewEnvironment) {
    const { console, clock } = setting;
    this.#screen = new StatusArea({
      console,
      clock,
      tickMs: REDRAW_MS,
      status: () => portLines(this.#state, optionsOf(setting)),
    });
  }

  event(event: StationEvent): void {
    const options = optionsOf(this.setting);
    this.#state = reduceStation(this.#state, event, options.now);
    if (event.type === "station-ended") this.close();
    this.#screen.update(stationLogLines(this.#state, event, options));
  }

  close(): void {
    this.#screen.close();
  }
}
