import { duration } from "../../common/format.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { cableLines } from "../guide/cable_text.ts";
import { drawingLines, mark } from "../guide/drawing_text.ts";
import { columnsOf } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { cut, wrap } from "../terminal/layout.ts";
import { barLine } from "./bar.ts";
import { beforeWritingLines } from "./before_writing.ts";
import { actionLines, endingLines, type EndingOptions } from "./ending.ts";
import { actionText, doneText, mistakeLines, plainLines, seenLine } from "./run_plain.ts";
import type { RunState } from "./run_state.ts";
import { runTitle, summaryLines } from "./run_summary.ts";
import { sentences, text, type Words } from "../../common/text.ts";

/** Returns the log lines for one event, which stay on the screen above the status. */
export function logLines(run: RunState, event: RunEvent, options: EndingOptions): string[] {
  const { style, width } = options;
  switch (event.type) {
    case "run-started":
      return options.isGuided
        ? ["", style.bold(say(runTitle(event))), ""]
        : ["", style.bold(say(runTitle(event))), ...summaryLines(event, width), ""];
    case "hardware":
      return options.isGuided ? [] : [
        "",
        style.attention(style.bold(say(text`Do this now:`))),
        ...actionLines(event.actions, width).map(style.attention),
        ...drawingBlock(event.actions, options),
        "",
      ];
    case "action":
      return actionBlock(event, options);
    case "action-done":
      return [`${style.good(style.done)} ${say(doneText(event))}`];
    case "about-to-write":
      return [
        "",
        style.bold(say(text`Before anything is written:`)),
        ...beforeWritingLines(run, event, width),
        "",
      ];
    case "step-done":
      return [
        `${style.good(style.done)} ${say(event.title)} ${
          style.dim(`(${say(duration(event.ms))})`)
        }`,
      ];
    case "step-left-out":
      return wrap(text`${event.title}: left out. ${event.because}`, width, `${style.skipped} `)
        .map(style.attention);
    case "step-skipped":
      return wrap(text`${event.title}: skipped. ${event.claim}`, width, `${style.skipped} `);
    case "note":
      return wrap(event.text, width, "  ").map(style.dim);
    case "seen":
      return mistakeLines(run, width).map(style.attention);
    case "waiting":
    case "awaited":
      return [];
    case "connected":
      return wrap(
        text`Using the ${event.detected.title} on port ${event.detected.port}.`,
        width,
        "  ",
      );
    case "run-ended":
      return ["", ...endingLines(run, event, options), ""];
    default:
      return plainLines(run, event, options);
  }
}

/** Returns one action with its drawing, small enough for a small screen. */
function actionBlock(
  event: Extract<RunEvent, { type: "action" }>,
  options: EndingOptions,
): string[] {
  const { style, width } = options;
  const { action } = event;
  const cable = cableLines(action);
  return [
    "",
    ...wrap(actionText(event), width).map((line) => style.attention(style.bold(line))),
    ...cable.map((line) => `  ${line}`),
    ...drawingBlock([action], options),
    "",
  ];
}

/** Returns the drawing that shows where the parts for the actions are. */
function drawingBlock(
  actions: readonly HardwareAction[],
  { board: { drawing }, style, width }: EndingOptions,
): string[] {
  const parts = actions.flatMap(({ parts = [] }) => parts);
  if (!drawing || parts.length === 0) return [];
  const isOff = actions.some(({ id }) => id === "remove-jumper" || id === "switch-off");
  const lines = drawingLines(drawing, parts, !isOff);
  if (lines.some((line) => columnsOf(line) > width)) return [];
  return [
    "",
    ...lines.map((line) => line.replaceAll(mark, style.attention(mark))),
    ...wrap(sentences(drawing.view, drawing.caution), width).map(style.dim),
  ];
}

/**
 * Returns the status lines at the bottom of the screen: the current wait or step, and the progress
 * bar. Each fits into `width` columns.
 * @param at milliseconds since the run began
 */
export function statusLines(
  run: RunState,
  at: number,
  { width, style, isPractice }: Pick<EndingOptions, "style" | "width" | "isPractice">,
): string[] {
  const room = width - 1; // a full line makes some terminals wrap
  const lines: string[] = [];
  if (run.waiting) {
    const left = duration(Math.max(0, run.waiting.until - at));
    lines.push(cut(waitingText(run, run.waiting.what, left, isPractice), room));
    if (run.seen) lines.push(style.dim(cut(seenLine(run.seen), room)));
  } else if (run.step) lines.push(cut(run.step.title, room));
  if (run.progress) lines.push(barLine(run.progress, room, style));
  return lines;
}

/** Returns the current wait as one line: for a key, or for the camera to leave or to appear. */
function waitingText(
  { action }: RunState,
  what: Words,
  left: Words,
  isPractice = false,
): Words {
  const isLast = action?.number === action?.total;
  if (action && isPractice) {
    return isLast
      ? text`Practice: Enter does this step, S skips it "by mistake", R starts again.`
      : text`Practice: press Enter to do this step, or S to skip it "by mistake".`;
  }
  if (action?.confirmedBy === "person") {
    return text`Press Enter when you have done this ... ${left}
    left`;
  }
  if (action?.action.id === "unplug") {
    return text`Waiting for you to unplug the camera ... ${left} left`;
  }
  return action && isLast
    ? text`Waiting for ${what} ... ${left} left; press R to start again`
    : text`Waiting for ${what} ... ${left} left`;
}
