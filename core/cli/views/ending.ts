import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { Board } from "../../family/board.ts";
import { duration } from "../../common/format.ts";
import type { Outcome, RunEvent } from "../../plan/events.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { keptAdvice } from "../trace/kept_advice.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";
import type { RunState } from "./run_state.ts";
import { sentences, text, type Words } from "../../common/text.ts";

type Ended = Extract<RunEvent, { type: "run-ended" }>;

export interface EndingOptions {
  readonly board: Pick<Board, "afterActions" | "drawing">;
  /**
   * True if a person is guided through the hardware actions one by one; otherwise they are listed
   * together.
   */
  readonly isGuided?: boolean;
  /** True if the actions are simulated and a key performs them. */
  readonly isPractice?: boolean;
  /** True if `unbrick runs` will list this run. */
  readonly isKept?: boolean;
  readonly os: OperatingSystem;
  readonly style: Style;
  readonly width: number;
}

/** What an outcome means for the camera. */
export const outcomes: Readonly<Record<Outcome, Words>> = {
  "proven": text`What was written is proven.`,
  "incomplete": text`Everything that was written is proven, but the camera needs one more step to
    start.`,
  "unchanged": text`Nothing was written.`,
  "partly-written": text`Partly written: run the same command again.`,
  "not-proven": text`Written but not proven.`,
  "not-started": text`Everything that was written is proven, but the camera has not started yet.`,
};

/**
 * Returns the last lines of a run: the proof and the remaining actions, or the cause, the outcome
 * and advice.
 */
export function endingLines(state: RunState, ended: Ended, options: EndingOptions): string[] {
  const { style, width } = options;
  const isStopped = ended.outcome === "not-started";
  const lines = ended.error
    ? wrap(ended.error.message, width, isStopped ? "! " : `${style.failed} `)
      .map(isStopped ? style.attention : style.bad)
    : wrap(success(state, ended), width, `${style.done} `).map(style.good);
  if (ended.error) lines.push(...wrap(outcomes[ended.outcome], width, "  ").map(style.bold));
  if (state.proofs.length > 0) {
    const claims = sentences(...state.proofs.map(({ proof }) => proof.claim));
    const proof = ended.replay
      ? text`What the recorded camera showed: ${claims}`
      : ended.error
      ? text`Read back from the camera so far: ${claims}`
      : text`Proof, read from the camera: ${claims}`;
    lines.push(...wrap(proof, width, "  "));
  }
  if (ended.replay) {
    lines.push(...wrap(text`This was a replay. It proves nothing about any camera.`, width, "  "));
    return lines;
  }
  if (!ended.error) lines.push(...runningLines(state, width));
  if (state.check) lines.push(...checkLines(state.check, options));
  if (ended.error) {
    const actions = adviceFor(state, ended.error, options.os);
    const kept = keptAdvice(ended.error, options.isKept === true);
    lines.push(...adviceLines([...actions, ...kept], width));
  }
  const left = remainingActions(state, options.board);
  if (left.length > 0) {
    const title = ended.error ? text`If you stop here, do this first:` : text`Still to do by hand:`;
    lines.push("", style.bold(say(title)), ...actionLines(left, width));
  }
  return lines;
}

/** Returns lines that say whether the camera was seen running. */
function runningLines({ started, camera }: RunState, width: number): string[] {
  if (started?.job !== "restore" && started?.job !== "flash" && started?.job !== "put-back") {
    return [];
  }
  const words = camera?.mode === "firmware"
    ? text`The camera is running: it appeared on port ${camera.port} as ${camera.title}.`
    : camera
    ? text`The camera has not been seen running yet. It last appeared as ${camera.title}.`
    : text`The camera has not been seen running yet.`;
  return wrap(words, width, "  ");
}

/** Returns what the check after the proof found; a fault says that the proof stands, and what to do. */
function checkLines(
  { claim, error }: NonNullable<RunState["check"]>,
  { style, width, os }: EndingOptions,
): string[] {
  const words = text`Check of the running camera: ${claim}`;
  if (!error) return wrap(words, width, "  ");
  return [
    ...wrap(words, width, "! ").map(style.attention),
    ...wrap(text`What was written is proven all the same.`, width, "  "),
    ...adviceLines(advice(error, os), width),
  ];
}

/**
 * Returns advice for an error. In a `verify`, a difference is a result, so the advice is not to try
 * again.
 */
function adviceFor({ started }: RunState, error: NonNullable<Ended["error"]>, os: OperatingSystem) {
  if (started?.job !== "verify" || error.kind !== "verify-failed") return advice(error, os);
  const { id } = started.board;
  return [
    text`To write these images, run: unbrick flash ${id}`,
    text`A ROMFS of your own is kept then. To overwrite it, add: --romfs write`,
    text`If the bootloader differs, run: unbrick restore ${id}`,
  ];
}

/** Returns `What to do:` and the actions; command lines stay whole. */
export function adviceLines(actions: readonly Words[], width: number): string[] {
  return [
    "",
    say(text`What to do:`),
    ...actions.flatMap((line) => isCommandLine(line) ? [say(line)] : wrap(line, width, "  - ")),
  ];
}

/** Returns true for a line to be typed or copied exactly. */
export function isCommandLine(line: Words): boolean {
  return String(line).startsWith("    ");
}

/** Returns hardware actions as numbered lines. */
export function actionLines(actions: readonly HardwareAction[], width: number): string[] {
  return actions.flatMap((action, at) => wrap(action.text, width, `  ${at + 1}. `));
}

function success(
  { started, changed, proofs }: RunState,
  { outcome, ms, replay }: Ended,
): Words {
  const name = started?.board.name ?? text`camera`;
  if (replay) return text`The recording of the ${name} ends with success.`;
  const job = started?.job ?? "restore";
  const time = duration(ms);
  if (job === "verify") return text`The ${name} contains these images (${time}).`;
  if (job === "read" || job === "backup") return text`The ${name} was read (${time}).`;
  if (job === "check") return text`The check of the ${name} found no fault (${time}).`;
  if (job === "look") return text`The ${name} was seen starting (${time}).`;
  if (job === "put-back") return text`The backup is on the ${name} again (${time}).`;
  const isNew = outcome !== "proven" || changed;
  if (!isNew && proofs.some(({ proof }) => proof.kept !== undefined)) {
    return job === "flash"
      ? text`The ${name} is flashed; nothing had to be written (${time}).`
      : text`The ${name} is restored; nothing had to be written (${time}).`;
  }
  if (job === "flash") {
    return isNew
      ? text`The ${name} is flashed (${time}).`
      : text`The ${name} is flashed; everything was already correct (${time}).`;
  }
  return isNew
    ? text`The ${name} is restored (${time}).`
    : text`The ${name} is restored; everything was already correct (${time}).`;
}

/**
 * Returns the actions that are still to do: a camera that is in recovery mode still has its jumper
 * or switch on.
 */
function remainingActions(
  { started, mode, isInRecovery }: RunState,
  board: EndingOptions["board"],
) {
  const isLeft = isInRecovery || mode === "rom" || mode === "flashloader";
  return started?.job === "restore" && isLeft ? board.afterActions : [];
}
