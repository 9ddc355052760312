import type { Board } from "../../family/board.ts";
import {
  isPortEvent,
  type PortEvent,
  type PortStatus,
  type StationEvent,
  type Totals,
} from "../../station/events.ts";
import type { EndingOptions } from "./ending.ts";
import { plainStart, type PlainState } from "./run_plain.ts";
import { initialRun, reduce, type RunState } from "./run_state.ts";

/** What the views of a station remember. */

/** What a view must remember of one port. */
export interface PortRecord {
  readonly line: PortStatus;
  readonly run: RunState;
  /** `clock.now()` when its run began. */
  readonly since: number;
  readonly plain: PlainState;
  /** Id of the board of its run. */
  readonly board?: string;
  /** The serial number of the current camera, if it reported one. */
  readonly serial?: string;
}

export interface StationState {
  readonly ports: ReadonlyMap<string, PortRecord>;
  readonly totals: Totals;
}

export const initialStation: StationState = {
  ports: new Map(),
  totals: { started: 0, proven: 0, failed: 0, skipped: 0 },
};

export interface StationViewOptions extends Omit<EndingOptions, "board"> {
  readonly boards: readonly Board[];
  readonly now: number;
  /** Lines of the terminal. */
  readonly rows: number;
}

const emptyPort: PortRecord = {
  line: { state: "waiting" },
  run: initialRun,
  since: 0,
  plain: plainStart,
};

/** Returns the state after another event. */
export function reduceStation(
  state: StationState,
  event: StationEvent,
  now: number,
): StationState {
  if (event.type === "totals") return { ...state, totals: event.totals };
  if (!isPortEvent(event)) return state;
  const port = state.ports.get(event.port) ?? emptyPort;
  const ports = new Map(state.ports).set(event.port, portAfter(port, event, now));
  return { ...state, ports };
}

function portAfter(port: PortRecord, event: PortEvent, now: number): PortRecord {
  if (event.type === "port") {
    const isNew = event.state === "running";
    return {
      ...port,
      line: event,
      ...(isNew &&
        {
          ...{ run: initialRun, plain: plainStart, since: now },
          ...{ serial: event.detected.serial, board: event.board },
        }),
    };
  }
  const serial = event.type === "connected" ? event.detected.serial ?? port.serial : port.serial;
  return {
    ...port,
    run: reduce(port.run, event),
    since: event.type === "run-started" ? now - event.at : port.since,
    ...(serial !== undefined && { serial }),
  };
}
