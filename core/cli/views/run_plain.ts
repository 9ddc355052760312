import { byteSize, duration } from "../../common/format.ts";
import type { RunEvent } from "../../plan/events.ts";
import { say } from "../language/say.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { drawingWords } from "../guide/drawing_words.ts";
import { wrap } from "../terminal/layout.ts";
import { beforeWritingLines } from "./before_writing.ts";
import { actionLines, endingLines, type EndingOptions } from "./ending.ts";
import { initialRun, reduce, type RunState } from "./run_state.ts";
import { runTitle, summaryLines } from "./run_summary.ts";
import { isSame, joined, list, text, type Words } from "../../common/text.ts";

/** Output for a pipe, a log or a screen reader: nothing is redrawn, and progress lines are rare. */

/** A progress line is printed at each tenth of the run, and after this time, ms. */
const PROGRESS_MS = 10_000;
const tenthsOf = (fraction: number) => Math.floor(fraction * 10);

export interface PlainState {
  readonly run: RunState;
  readonly printedFraction: number;
  readonly printedAt: number;
  readonly printedWait?: Words;
}

export const plainStart: PlainState = { run: initialRun, printedFraction: 0, printedAt: 0 };

/** Returns the state after an event, and the lines to print for it. */
export function plain(
  before: PlainState,
  event: RunEvent,
  options: EndingOptions,
): { state: PlainState; lines: string[] } {
  const state = { ...before, run: reduce(before.run, event) };
  if (event.type === "progress") {
    if (event.unit !== "bytes") return { state, lines: [] };
    const isDue = tenthsOf(event.fraction) > tenthsOf(before.printedFraction) ||
      event.at - before.printedAt >= PROGRESS_MS;
    if (!isDue) return { state, lines: [] };
    const next = { ...state, printedFraction: event.fraction, printedAt: event.at };
    return { state: next, lines: [progressLine(event)] };
  }
  if (event.type === "waiting") {
    const lines = isSame(event.waitingFor, before.printedWait)
      ? []
      : plainLines(state.run, event, options);
    return { state: { ...state, printedWait: event.waitingFor }, lines };
  }
  return { state, lines: plainLines(state.run, event, options) };
}

function progressLine(event: Extract<RunEvent, { type: "progress" }>): string {
  const percent = `${Math.floor(event.fraction * 100)} %`;
  const facts = list([
    event.title,
    text`${byteSize(event.done)} of ${byteSize(event.total)}`,
    event.rate !== undefined && event.rate > 0 && text`${byteSize(Math.round(event.rate))}/s`,
    event.remainingMs >= 100 && text`about ${duration(event.remainingMs)} left`,
  ]);
  return say(text`${percent}: ${facts}`);
}

/** Returns the lines for every event except progress. */
export function plainLines(run: RunState, event: RunEvent, options: EndingOptions): string[] {
  const { width, style } = options;
  switch (event.type) {
    case "run-started":
      return [say(runTitle(event)), ...summaryLines(event, width)];
    case "step-done":
      return [`${style.done} ${say(text`${event.title} (${duration(event.ms)})`)}`];
    case "step-skipped":
      return wrap(
        style.plain
          ? text`${event.title}. ${event.claim}`
          : text`${event.title}: skipped. ${event.claim}`,
        width,
        `${style.skipped} `,
      );
    case "step-left-out":
      return wrap(text`${event.title}: left out. ${event.because}`, width, `${style.skipped} `);
    case "hardware":
      return options.isGuided ? [] : [
        say(text`Do this now:`),
        ...actionLines(event.actions, width),
        ...locationLines(event.actions, options),
        ...wrap(
          text`unbrick then continues by itself. It is waiting for ${event.waitingFor} (at most
            ${duration(event.deadlineMs)}).`,
          width,
        ),
      ];
    case "action":
      return [
        ...wrap(actionText(event), width),
        ...locationLines([event.action], options),
        ...wrap(keysText(event, run, options), width),
      ];
    case "action-done":
      return wrap(doneText(event), width, `${style.done} `);
    case "waiting":
      return wrap(
        text`Waiting for ${event.waitingFor} (at most ${duration(event.deadlineMs)}).`,
        width,
      );
    case "seen":
      return [...wrap(seenLine(event.detectedDevices), width), ...mistakeLines(run, width)];
    case "connected":
      return wrap(text`Using the ${event.detected.title} on port ${event.detected.port}.`, width);
    case "about-to-write":
      return [say(text`Before anything is written:`), ...beforeWritingLines(run, event, width)];
    case "consent":
      return event.granted ? [] : wrap(text`You did not agree to this: ${event.text}`, width);
    case "note":
      return wrap(event.text, width);
    case "output":
      return [say(text`Read ${event.name}: ${byteSize(event.bytes)}`)];
    case "run-ended":
      return ["", ...endingLines(run, event, options)];
    case "step-started":
    case "progress":
    case "proof":
    case "checked":
    case "changing":
    case "awaited":
      return [];
  }
}

/** Returns what the person does next: press a key, or only carry out the action. */
function keysText(
  { action, number, total, confirmedBy }: Extract<RunEvent, { type: "action" }>,
  { waiting }: RunState,
  { isPractice }: EndingOptions,
): Words {
  const isLast = number === total;
  if (isPractice) {
    return isLast
      ? text`Practice: Enter does this step, S skips it "by mistake", R starts again.`
      : text`Practice: press Enter to do this step, or S to skip it "by mistake".`;
  }
  if (confirmedBy === "person") return text`Press Enter when you have done this.`;
  if (action.id === "unplug") return text`unbrick notices when you unplug the camera.`;
  const next = text`unbrick then continues by itself. It is waiting for ${waiting?.what ?? ""}
    (at most ${duration(waiting?.deadlineMs ?? 0)}).`;
  return isLast ? text`${next} Press R to start again.` : next;
}

/** Returns `By hand, 1 of 3:` and the action. */
export function actionText(
  { action, number, total }: Extract<RunEvent, { type: "action" }>,
): string {
  const title = total === 1 ? text`By hand:` : text`By hand, ${number} of ${total}:`;
  return `${say(title)} ${say(action.text)}`;
}

/** Returns how the end of an action was confirmed. */
export function doneText(
  { action, confirmedBy }: Extract<RunEvent, { type: "action-done" }>,
): Words {
  if (confirmedBy === "bus" && action.id === "unplug") return text`The camera is unplugged.`;
  if (confirmedBy === "bus") return text`The camera is connected.`;
  if (action.id === "unplug") {
    return text`No camera was visible on USB, so it counts as
    unplugged.`;
  }
  return text`OK. unbrick will check this when the camera starts.`;
}

/** Returns the lines about an unexpected device, only when it is new. */
export function mistakeLines({ mistake }: RunState, width: number): string[] {
  return mistake?.isNew ? wrap(mistake.text, width, "! ") : [];
}

/** Describes in words where the parts for the actions are, for people who see no drawing. */
function locationLines(
  actions: readonly HardwareAction[],
  { board: { drawing }, style, width }: EndingOptions,
): string[] {
  const parts = [...new Set(actions.flatMap(({ parts = [] }) => parts))];
  return style.plain && drawing && parts.length > 0 ? drawingWords(drawing, parts, width) : [];
}

/** Returns the devices on the bus as one line. */
export function seenLine(
  detectedDevices: Extract<RunEvent, { type: "seen" }>["detectedDevices"],
): Words {
  if (detectedDevices.length === 0) return text`On USB now: no camera.`;
  const devices = detectedDevices.map((one) => text`${one.title} (port ${one.port})`);
  return text`On USB now: ${joined(devices, text`; `)}.`;
}
