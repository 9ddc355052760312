import { duration } from "../../common/format.ts";
import { byNumbers } from "../../common/number_order.ts";
import { plural, sentences, type Text, text, type Words } from "../../common/text.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { Totals } from "../../station/events.ts";
import { say } from "../language/say.ts";
import { columnsOf } from "../terminal/columns.ts";
import { cut, wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";
import { barLine } from "./bar.ts";
import type { PortRecord, StationState, StationViewOptions } from "./station_state.ts";

/** The screen of a station: some lines for each port, and the totals. */

/** What the screen says about a port. */
interface PortText {
  /** All of it. */
  readonly lines: readonly string[];
  /** The beginning, if there is no room for all; omitted if somebody has to read all of it. */
  readonly short?: string;
}

/**
 * Returns the status lines. What somebody has to do at a port is never cut: if the terminal has not
 * enough lines, other texts are cut, and then other ports left out.
 */
export function portLines({ ports, totals }: StationState, options: StationViewOptions): string[] {
  const { style, rows } = options;
  const paths = [...ports.keys()].toSorted(byNumbers);
  const width = Math.max(4, ...paths.map((path) => path.length)) + 2;
  const all = paths.map((path) => portText(path.padEnd(width), ports.get(path)!, options));
  const end = wrap(totalsText(totals), options.width - 1).map(style.bold);
  const { lines, left } = fitted(all, rows - end.length - 1); // 1: the line of the cursor
  return [
    ...lines,
    ...(left > 0
      ? [style.dim(say(plural(left, text`and ${left} more port`, text`and ${left} more ports`)))]
      : []),
    ...(paths.length === 0 ? [say(text`No camera yet. Connect one.`)] : []),
    ...end,
  ];
}

export function totalsText({ started, proven, failed, skipped, faulty = 0 }: Totals): Text {
  const totals = text`Started ${started}, proven ${proven}, failed ${failed}, skipped ${skipped}.`;
  const found = text`The check found a fault in ${faulty} of the proven ones.`;
  return faulty === 0 ? totals : sentences(totals, found);
}

/** Returns what fits into some lines, and how many ports are left out. */
function fitted(all: readonly PortText[], room: number): { lines: string[]; left: number } {
  const count = (texts: readonly PortText[]) => texts.flatMap(({ lines }) => lines).length;
  if (count(all) <= room) return { lines: all.flatMap(({ lines }) => lines), left: 0 };
  const cut = all.map((one) => one.short === undefined ? one : { ...one, lines: [one.short] });
  const kept: PortText[] = [];
  const isForced = (one: PortText) => one.short === undefined;
  for (const one of [...cut.filter(isForced), ...cut.filter((one) => !isForced(one))]) {
    const line = kept.length + 1 === all.length ? 0 : 1; // for the number of the others
    if (count([...kept, one]) + line <= room) kept.push(one);
  }
  const lines = cut.filter((one) => kept.includes(one)).flatMap(({ lines }) => lines);
  return { lines, left: all.length - kept.length };
}

function portText(path: string, port: PortRecord, options: StationViewOptions): PortText {
  const { style, width } = options;
  const room = width - 1 - path.length;
  const indented = (lines: readonly string[], colour: (line: string) => string) =>
    lines.map((line, at) => (at === 0 ? path : " ".repeat(path.length)) + colour(line));
  const actions = actionsOf(port);
  if (actions) {
    const lines = wrap(text`Do this: ${sentencesOf(actions)}`, room);
    return { lines: indented(lines, style.attention) };
  }
  const message = messageOf(port, style);
  if (!message) {
    const short = path + progressOf(port, room, options);
    return { lines: [short], short };
  }
  const [sign, words, colour] = message;
  return {
    lines: indented(wrap(words, room, `${sign} `), colour),
    short: path + colour(cut(`${sign} ${say(words)}`, room)),
  };
}

/** Returns what the line of a port says about its camera, with its sign and colour. */
function messageOf({ line, run: { check } }: PortRecord, style: Style) {
  switch (line.state) {
    case "skipped":
      return [style.skipped, text`Not used: ${line.error.message}`, style.dim] as const;
    case "failed": {
      const words = text`Failed. Unplug this camera. ${line.error.message}`;
      return [style.failed, words, style.bad] as const;
    }
    case "finished":
      return check?.error
        ? ["!", text`Proven. Unplug this camera. Check: ${check.claim}`, style.attention] as const
        : [style.done, text`Proven. Unplug this camera.`, style.good] as const;
  }
}

/** Returns what somebody has to do at a port now; undefined if nothing. */
function actionsOf({ line, run }: PortRecord): readonly HardwareAction[] | undefined {
  if (line.state === "manual-steps") return line.actions;
  return line.state === "running" && run.waiting ? run.actions : undefined;
}

function progressOf({ line, run, since }: PortRecord, room: number, options: StationViewOptions) {
  const { style, now } = options;
  if (line.state !== "running") return style.dim(cut(text`Waiting for a camera.`, room));
  if (run.waiting) {
    const left = duration(Math.max(0, run.waiting.until - (now - since)));
    return cut(text`Waiting for ${run.waiting.what} ... ${left} left`, room);
  }
  if (!run.progress) return cut(run.step?.title ?? text`Starting ...`, room);
  const title = cut(run.step?.title ?? "", Math.min(30, Math.floor(room / 3)));
  return title + barLine(run.progress, room - columnsOf(title), style);
}

export function sentencesOf(actions: readonly HardwareAction[]): Words {
  return sentences(...actions.map((action) => action.text));
}
