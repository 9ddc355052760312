import { advice } from "../../common/advice.ts";
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
import { list, plural, sentences, text, type Words } from "../../common/text.ts";
import { jobVerbs } from "../../plan/job_words.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { byNumbers } from "../../common/number_order.ts";

/** The screen of a station: a line for each port, and the totals. */

/** What a view must remember of one port. */
export interface PortRecord {
  readonly line: PortStatus;
  readonly run: RunState;
  /** `clock.now()` when its run began. */
  readonly since: number;
  readonly plain: PlainState;
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

export interface StationViewOptions extends EndingOptions {
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
        { run: initialRun, plain: plainStart, since: now, serial: event.detected.serial }),
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
  const paths = [...ports.keys()].toSorted(byNumbers);
  const shown = paths.slice(0, MAX_LINES);
  const column = Math.max(4, ...shown.map((path) => path.length)) + 2;
  const more = paths.length - shown.length;
  return [
    ...shown.map((path) => portLine(path.padEnd(column), ports.get(path)!, options)),
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

function totalsLine({ started, proven, failed, skipped, faulty = 0 }: Totals): string {
  const totals = text`Started ${started}, proven ${proven}, failed ${failed}, skipped ${skipped}.`;
  if (faulty === 0) return say(totals);
  const found = text`The check found a fault in ${faulty} of the proven ones.`;
  return say(sentences(totals, found));
}

function portLine(
  path: string,
  { line, run, since }: PortRecord,
  options: StationViewOptions,
): string {
  const { style, now } = options;
  const room = options.width - 1 - path.length;
  switch (line.state) {
    case "waiting":
      return path + style.dim(cut(text`Waiting for a camera.`, room));
    case "manual-steps": {
      return path + style.attention(cut(text`Do this: ${sentencesOf(line.actions)}`, room));
    }
    case "skipped":
      return path +
        style.dim(cut(`${style.skipped} ${say(text`Not used: ${line.error.message}`)}`, room));
    case "finished":
      return path + (isFaulty(run)
        ? style.attention(
          cut(`! ${say(text`Proven. Unplug this camera. Check: ${run.check.claim}`)}`, room),
        )
        : style.good(cut(`${style.done} ${say(text`Proven. Unplug this camera.`)}`, room)));
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
        const hands = run.actions && sentencesOf(run.actions);
        return path +
          (hands
            ? style.attention(cut(text`Do this: ${hands}`, room))
            : cut(text`Waiting for ${run.waiting.what} ... ${left} left`, room));
      }
      if (!run.progress) return path + cut(run.step?.title ?? text`Starting ...`, room);
      const title = cut(run.step?.title ?? "", Math.min(30, Math.floor(room / 3)));
      return path + title + barLine(run.progress, room - columnsOf(title), style);
    }
  }
}

/** Returns true if the check of the proven camera found a fault. */
function isFaulty(run: RunState): run is RunState & Required<Pick<RunState, "check">> {
  return run.check?.error !== undefined;
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
        const proven = text`${who}: proven (${duration(event.ms)}).`;
        const { check } = state.ports.get(event.port)?.run ?? initialRun;
        return [
          ...wrap(proven, width, `${style.done} `).map(style.good),
          ...(check ? wrap(text`Check: ${check.claim}`, width, check.error ? "! " : "  ") : []),
        ];
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
  { job, board, simulated, imagesFrom, count }: Extract<StationEvent, { type: "station-started" }>,
  { style, width }: StationViewOptions,
): string[] {
  const end = count === undefined ? text`until Ctrl-C` : plural(
    count,
    text`until ${count} camera is done`,
    text`until ${count} cameras are finished`,
  );
  const title = jobVerbs[job];
  return [
    "",
    style.bold(
      say(
        simulated
          ? text`Station: ${title} ${board.name} (simulated), ${end}`
          : text`Station: ${title} ${board.name}, ${end}`,
      ),
    ),
    ...wrap(text`Images: ${imagesFrom}`, width),
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
    const why = endedBy === "stop" ? text`Stopped by the user.` : text`All cameras are done.`;
    return [...head, say(why)];
  }
  return [
    ...head,
    ...wrap(error.message, width, `${style.failed} `).map(style.bad),
    ...advice(error, os).flatMap((next) => wrap(next, width, "  - ")),
  ];
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
  const next = plain(here.plain, event, { ...options, width });
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
