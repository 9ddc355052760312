import { byteSize, duration } from "../../common/format.ts";
import type { RunEvent } from "../../plan/events.ts";
import { say } from "../language/say.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { drawingWords } from "../guide/drawing_words.ts";
import { wrap } from "../terminal/layout.ts";
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
      return options.isLed ? [] : [
        say("Do this now:"),
        ...actionLines(event.actions, width),
        ...inWords(event.actions, options),
        ...wrap(
          `Then unbrick goes on by itself: it waits for ${event.waitingFor} ` +
            `(at most ${duration(event.deadlineMs)}).`,
          width,
        ),
      ];
    case "action":
      return [
        ...wrap(actionText(event), width),
        ...inWords([event.action], options),
        ...wrap(keysText(event, run, options), width),
      ];
    case "action-done":
      return wrap(doneText(event), width, `${style.done} `);
    case "waiting":
      return wrap(
        `Waiting for ${event.waitingFor} (at most ${duration(event.deadlineMs)}).`,
        width,
      );
    case "seen":
      return [...wrap(seenLine(event.detectedDevices), width), ...mistakeLines(run, width)];
    case "connected":
      return wrap(`Using the ${event.detected.title} on port ${event.detected.port}.`, width);
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
    case "changing":
    case "awaited":
      return [];
  }
}

/** What the person does next: a key, or nothing but the action. */
function keysText(
  { action, number, total, toldBy }: Extract<RunEvent, { type: "action" }>,
  { waiting }: RunState,
  { isPractice }: EndingOptions,
): string {
  const isLast = number === total;
  if (isPractice) {
    return isLast
      ? "Practice: Enter moves the simulated hand, s forgets it, r begins again."
      : "Practice: Enter moves the simulated hand, s lets it forget this.";
  }
  if (toldBy === "person") return "Press Enter when it is done.";
  if (action.id === "unplug") return "unbrick sees by itself when the camera leaves the bus.";
  const next = `Then unbrick goes on by itself: it waits for ${waiting?.what} ` +
    `(at most ${duration(waiting?.deadlineMs ?? 0)}).`;
  return isLast ? `${next} Press r to begin again.` : next;
}

/** `By hand, 1 of 3:` and the action. */
export function actionText(
  { action, number, total }: Extract<RunEvent, { type: "action" }>,
): string {
  const title = total === 1 ? "By hand:" : `By hand, ${number} of ${total}:`;
  return `${say(title)} ${say(action.text)}`;
}

/** How it is known that an action is done. */
export function doneText(
  { action, toldBy }: Extract<RunEvent, { type: "action-done" }>,
): string {
  if (toldBy === "bus" && action.id === "unplug") return "The camera has left the USB bus.";
  if (toldBy === "bus") return "The camera is on the USB bus.";
  if (action.id === "unplug") return "Taken as unplugged: there was nothing to be seen.";
  return "Taken as done: how the camera starts will tell whether it is.";
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
  detectedDevices: Extract<RunEvent, { type: "seen" }>["detectedDevices"],
): string {
  if (detectedDevices.length === 0) return "On the bus: no camera.";
  return `On the bus: ${
    detectedDevices.map((one) => `${one.title} (port ${one.port})`).join("; ")
  }.`;
}
