import { advice } from "../../common/advice.ts";
import type { Board } from "../../family/board.ts";
import { duration } from "../../common/format.ts";
import {
  isPortEvent,
  type PortEvent,
  type PortStatus,
  type StationCamera,
  type StationEvent,
  type Totals,
} from "../../station/events.ts";
import { columnsOf } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { cut, wrap } from "../terminal/layout.ts";
import { barLine } from "./bar.ts";
import type { EndingOptions } from "./ending.ts";
import { plain, plainStart, type PlainState } from "./run_plain.ts";
import { initialRun, reduce, type RunState } from "./run_state.ts";
import { distinct, list, plural, sentences, text, type Words } from "../../common/text.ts";
import { jobVerbs } from "../../plan/job_words.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";

/** The screen of a station: a line for each port, and the totals. */

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

/** The most ports drawn at once; a terminal has 24 lines. */
const MAX_LINES = 18;

/** Returns the status lines: one for each port, and the totals. */
export function portLines({ ports, totals }: StationState, options: StationViewOptions): string[] {
  const paths = [...ports.keys()].toSorted(byNumbers.compare);
  const shown = paths.slice(0, MAX_LINES);
  const column = Math.max(4, ...shown.map((path) => path.length)) + 2;
  const more = paths.length - shown.length;
  return [
    ...shown.flatMap((path) => portLinesOf(path.padEnd(column), ports.get(path)!, options)),
    ...(more > 0
      ? [
        options.style.dim(
          say(plural(more, text`and ${more} more port`, text`and ${more} more ports`)),
        ),
      ]
      : []),
    ...(paths.length === 0 ? [say(text`No camera yet. Connect one.`)] : []),
    options.style.bold(totalsLine(totals)),
  ];
}

const byNumbers = new Intl.Collator("en", { numeric: true });

function totalsLine({ started, proven, failed, skipped }: Totals): string {
  return say(text`Started ${started}, proven ${proven}, failed ${failed}, skipped ${skipped}.`);
}

/** Returns the lines of a port: what somebody has to do there is never cut. */
function portLinesOf(path: string, port: PortRecord, options: StationViewOptions): string[] {
  const actions = actionsOf(port);
  if (!actions) return [portLine(path, port, options)];
  const { style, width } = options;
  const lines = wrap(text`Do this: ${sentencesOf(actions)}`, width - 1 - path.length);
  return lines.map((line, at) =>
    (at === 0 ? path : " ".repeat(path.length)) + style.attention(line)
  );
}

/** Returns what somebody has to do at a port now; undefined if nothing. */
function actionsOf({ line, run }: PortRecord): readonly HardwareAction[] | undefined {
  if (line.state === "manual-steps") return line.actions;
  return line.state === "running" && run.waiting ? run.actions : undefined;
}

function portLine(
  path: string,
  { line, run, since }: Pick<PortRecord, "line" | "run" | "since">,
  options: StationViewOptions,
): string {
  const { style, now } = options;
  const room = options.width - 1 - path.length;
  switch (line.state) {
    case "waiting":
    case "manual-steps":
      return path + style.dim(cut(text`Waiting for a camera.`, room));
    case "skipped":
      return path +
        style.dim(cut(`${style.skipped} ${say(text`Not used: ${line.error.message}`)}`, room));
    case "finished":
      return path +
        style.good(cut(`${style.done} ${say(text`Proven. Unplug this camera.`)}`, room));
    case "failed":
      return path +
        style.bad(
          cut(
            `${style.failed} ${say(text`Failed. Unplug this camera. ${line.error.message}`)}`,
            room,
          ),
        );
    case "running": {
      if (run.waiting) {
        const left = duration(Math.max(0, run.waiting.until - (now - since)));
        return path + cut(text`Waiting for ${run.waiting.what} ... ${left} left`, room);
      }
      if (!run.progress) return path + cut(run.step?.title ?? text`Starting ...`, room);
      const title = cut(run.step?.title ?? "", Math.min(30, Math.floor(room / 3)));
      return path + title + barLine(run.progress, room - columnsOf(title), style);
    }
  }
}

/** Returns the log lines for one event, which stay above the status lines. */
export function stationLogLines(
  state: StationState,
  event: StationEvent,
  options: StationViewOptions,
): string[] {
  const { style, width } = options;
  switch (event.type) {
    case "station-started":
      return startLines(event, options);
    case "station-ended":
      return endLines(event, options);
    case "record-lost":
      return [
        ...wrap(event.error.message, width, `${style.failed} `).map(style.bad),
        JSON.stringify(event.record),
      ];
    case "hardware":
      return event.actions.flatMap((action) => wrap(action.text, width, `${event.port}: `))
        .map(style.attention);
    case "run-ended": {
      const who = cameraName({ port: event.port, serial: state.ports.get(event.port)?.serial });
      if (!event.error) {
        return wrap(text`${who}: proven (${duration(event.ms)}).`, width, `${style.done} `)
          .map(style.good);
      }
      const [next] = advice(event.error, options.os);
      return [
        ...wrap(text`${who}: ${event.error.message}`, width, `${style.failed} `).map(style.bad),
        ...(next === undefined ? [] : wrap(next, width, "  - ")),
      ];
    }
    case "port":
      return event.state === "skipped"
        ? wrap(text`${event.port}: ${event.error.message}`, width, `${style.skipped} `).map(
          style.dim,
        )
        : [];
    default:
      return [];
  }
}

function cameraName({ port, serial }: Pick<StationCamera, "port" | "serial">): Words {
  return serial === undefined ? port : text`${port}, serial ${serial}`;
}

function startLines(
  { job, boards, simulated, count }: Extract<StationEvent, { type: "station-started" }>,
  { style, width }: StationViewOptions,
): string[] {
  const end = count === undefined ? text`until Ctrl-C` : plural(
    count,
    text`until ${count} camera is finished`,
    text`until ${count} cameras are finished`,
  );
  const title = jobVerbs[job];
  const names = list(boards.map(({ name }) => name));
  return [
    "",
    style.bold(
      say(
        simulated
          ? text`Station: ${title} ${names} (simulated), ${end}`
          : text`Station: ${title} ${names}, ${end}`,
      ),
    ),
    ...distinct(
      boards.map(({ name, imagesFrom }) =>
        boards.length === 1
          ? text`Images: ${imagesFrom}`
          : text`Images of the ${name}: ${imagesFrom}`
      ),
    ).flatMap((words) => wrap(words, width)),
    "",
  ];
}

function endLines(
  { totals, endedBy, error, recordsLost = [] }: Extract<StationEvent, { type: "station-ended" }>,
  { style, width, os }: StationViewOptions,
): string[] {
  const lost = recordsLost.map((camera) => text`camera ${camera.run} (${cameraName(camera)})`);
  const head = [
    "",
    ...(lost.length === 0 ? [] : wrap(
      text`The records of these cameras could not be written: ${list(lost)}. Each record is printed
        above, where the run ended.`,
      width,
      `${style.failed} `,
    ).map(style.bad)),
    style.bold(totalsLine(totals)),
  ];
  if (!error) {
    return [...head, say(endedBy === "stop" ? text`Stopped by the user.` : endOf(totals))];
  }
  return [
    ...head,
    ...wrap(error.message, width, `${style.failed} `).map(style.bad),
    ...advice(error, os).flatMap((next) => wrap(next, width, "  - ")),
  ];
}

function endOf({ failed, proven }: Totals): Words {
  if (failed === 0) return text`All cameras are proven.`;
  return plural(
    failed,
    text`${failed} camera failed, and ${proven} are proven.`,
    text`${failed} cameras failed, and ${proven} are proven.`,
  );
}

/** Returns the lines for a pipe, a log or a screen reader; each line starts with its port. */
export function plainStationLines(
  before: StationState,
  event: StationEvent,
  options: StationViewOptions,
): { state: StationState; lines: string[] } {
  let state = reduceStation(before, event, options.now);
  if (!isPortEvent(event)) {
    const lines = event.type === "totals" ? [] : stationLogLines(state, event, options);
    return { state, lines };
  }
  const { port } = event;
  const prefix = `${port}: `;
  if (event.type === "port") {
    const words = plainPortStatus(event);
    return { state, lines: words === undefined ? [] : wrap(words, options.width, prefix) };
  }
  const here = state.ports.get(port)!;
  const width = options.width - prefix.length;
  const board = options.boards.find(({ id }) => id === here.board) ?? options.boards[0];
  const next = plain(here.plain, event, { ...options, board, width });
  state = { ...state, ports: new Map(state.ports).set(port, { ...here, plain: next.state }) };
  const lines = next.lines.filter((line) => line !== "")
    .flatMap((line) => columnsOf(line) > width ? wrap(line, width) : [line]);
  return { state, lines: lines.map((line) => prefix + line) };
}

function sentencesOf(actions: readonly HardwareAction[]): Words {
  return sentences(...actions.map((action) => action.text));
}

function plainPortStatus(line: PortStatus): Words | undefined {
  switch (line.state) {
    case "waiting":
      return text`Empty; waiting for the next camera.`;
    case "manual-steps":
      return text`Do this: ${sentencesOf(line.actions)}`;
    case "skipped":
      return text`Not used: ${line.error.message}`;
    case "running":
      return line.detected.serial === undefined
        ? text`Camera ${line.run}: ${line.detected.title}.`
        : text`Camera ${line.run}: ${line.detected.title}, serial ${line.detected.serial}.`;
    case "finished":
      return text`Done and proven. Unplug this camera.`;
    case "failed":
      return text`Failed. Unplug this camera.`;
  }
}
