import { advice } from "../../common/advice.ts";
import { duration } from "../../common/format.ts";
import {
  isPortEvent,
  type PortStatus,
  type StationCamera,
  type StationEvent,
  type Totals,
} from "../../station/events.ts";
import { columnsOf } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import { sentencesOf, totalsText } from "./port_lines.ts";
import { plain } from "./run_plain.ts";
import { reduceStation, type StationState, type StationViewOptions } from "./station_state.ts";
import { distinct, list, plural, text, type Words } from "../../common/text.ts";
import { jobVerbs } from "../../plan/job_words.ts";

/** The log lines of a station, and all its lines without a terminal. */

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
      const { serial, board, run: { check } } = state.ports.get(event.port)!;
      const known = options.boards.length > 1 && options.boards.find(({ id }) => id === board);
      const who = cameraName({ port: event.port, serial, board: known ? known.name : undefined });
      if (!event.error) {
        const proven = text`${who}: proven (${duration(event.ms)}).`;
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

function cameraName(
  { port, serial, board }: Pick<StationCamera, "port" | "serial"> & { readonly board?: string },
): Words {
  const number = serial === undefined ? undefined : text`serial ${serial}`;
  return list([port, board, number]);
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
  { totals, endedBy, error, recordsLost = [], tableLost }: Extract<
    StationEvent,
    { type: "station-ended" }
  >,
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
    ...(tableLost === undefined ? [] : wrap(
      text`${tableLost.message} batch.json is complete. Start the station again with this folder
        to write the table.`,
      width,
      `${style.failed} `,
    ).map(style.bad)),
    ...wrap(totalsText(totals), width).map(style.bold),
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
    const words = plainPortStatus(event, state.ports.get(port)!.run.check?.error !== undefined);
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

/** @param isFaulty the check of the running camera found a fault */
function plainPortStatus(line: PortStatus, isFaulty: boolean): Words | undefined {
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
      return isFaulty
        ? text`Proven, but the check found a fault. Unplug this camera.`
        : text`Proven. Unplug this camera.`;
    case "failed":
      return text`Failed. Unplug this camera.`;
  }
}
