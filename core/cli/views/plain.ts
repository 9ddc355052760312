import { byteSize, duration } from "../../format.ts";
import type { RunEvent } from "../../plan/events.ts";
import { say } from "../language/say.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { drawingWords } from "../guide/drawing_words.ts";
import { wrap } from "../layout.ts";
import { beforeWritingLines } from "./before_writing.ts";
import { actionLines, endingLines, type EndingOptions } from "./ending.ts";
import { noRun, reduce, type RunState } from "./run_state.ts";
import { runTitle, summaryLines } from "./summary.ts";

/** Lines for a pipe, a log or a screen reader: nothing is drawn over, progress comes seldom. */

/** A progress line is due at each tenth of the run, and after this time. */
const PROGRESS_MS = 10_000;
const tenth = (fraction: number) => Math.floor(fraction * 10);

export interface PlainState {
  readonly run: RunState;
  readonly toldFraction: number;
  readonly toldAt: number;
  readonly toldWait?: string;
}

export const plainStart: PlainState = { run: noRun, toldFraction: 0, toldAt: 0 };

/** The state after an event, and the lines to print for it. */
export function plain(
  before: PlainState,
  event: RunEvent,
  options: EndingOptions,
): { state: PlainState; lines: string[] } {
  const state = { ...before, run: reduce(before.run, event) };
  if (event.type === "progress") {
    if (event.unit !== "bytes") return { state, lines: [] };
    const isDue = tenth(event.fraction) > tenth(before.toldFraction) ||
      event.at - before.toldAt >= PROGRESS_MS;
    if (!isDue) return { state, lines: [] };
    const told = { ...state, toldFraction: event.fraction, toldAt: event.at };
    return { state: told, lines: [progressLine(event)] };
  }
  if (event.type === "waiting") {
    const lines = event.waitingFor === before.toldWait ? [] : plainLines(state.run, event, options);
    return { state: { ...state, toldWait: event.waitingFor }, lines };
  }
  return { state, lines: plainLines(state.run, event, options) };
}

function progressLine(event: Extract<RunEvent, { type: "progress" }>): string {
  const percent = `${Math.floor(event.fraction * 100)} %`;
  const rate = event.rate ? `, ${byteSize(Math.round(event.rate))}/s` : "";
  const left = event.remainingMs >= 100 ? `, about ${duration(event.remainingMs)} left` : "";
  return say(
    `${percent}: ${event.title}, ${byteSize(event.done)} of ${byteSize(event.total)}${rate}${left}`,
  );
}

/** The lines of every event but progress. */
export function plainLines(run: RunState, event: RunEvent, options: EndingOptions): string[] {
  const { width, style } = options;
  switch (event.type) {
    case "run-started":
      return [say(runTitle(event)), ...summaryLines(event, width)];
    case "step-done":
      return [`${style.done} ${say(`${event.title} (${duration(event.ms)})`)}`];
    case "step-skipped":
      return wrap(`${event.title}: not needed. ${event.claim}`, width, `${style.skipped} `);
    case "hardware":
      return [
        say("Do this now:"),
        ...actionLines(event.actions, width),
        ...inWords(event.actions, options),
        ...wrap(
          `Then unbrick goes on by itself: it waits for ${event.waitingFor} ` +
            `(at most ${duration(event.deadlineMs)}).`,
          width,
        ),
      ];
    case "waiting":
      return wrap(
        `Waiting for ${event.waitingFor} (at most ${duration(event.deadlineMs)}).`,
        width,
      );
    case "seen":
      return [...wrap(seenLine(event.sightings), width), ...mistakeLines(run, width)];
    case "connected":
      return wrap(`Using the ${event.sighting.title} on port ${event.sighting.port}.`, width);
    case "about-to-write":
      return [say("Before anything is written:"), ...beforeWritingLines(run, event, width)];
    case "consent":
      return event.granted ? [] : wrap(`Not agreed to: ${event.text}`, width);
    case "note":
      return wrap(event.text, width);
    case "output":
      return [say(`Read ${event.name}: ${byteSize(event.bytes)}`)];
    case "run-ended":
      return ["", ...endingLines(run, event, options)];
    case "step-started":
    case "progress":
    case "proof":
    case "touching":
    case "action":
    case "action-done":
    case "awaited":
      return [];
  }
}

/** What came instead of what is waited for, once. */
export function mistakeLines({ mistake }: RunState, width: number): string[] {
  return mistake?.isNew ? wrap(mistake.text, width, "! ") : [];
}

/** Where on the board hands find what the actions speak of, for who sees no drawing. */
function inWords(
  actions: readonly HardwareAction[],
  { board: { drawing }, style, width }: EndingOptions,
): string[] {
  const parts = [...new Set(actions.flatMap(({ parts = [] }) => parts))];
  return style.plain && drawing && parts.length > 0 ? drawingWords(drawing, parts, width) : [];
}

/** What is on the bus, in one line. */
export function seenLine(
  sightings: Extract<RunEvent, { type: "seen" }>["sightings"],
): string {
  if (sightings.length === 0) return "On the bus: no camera.";
  return `On the bus: ${sightings.map((one) => `${one.title} (port ${one.port})`).join("; ")}.`;
}
