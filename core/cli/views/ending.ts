import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { Board } from "../../family/board.ts";
import { duration } from "../../common/format.ts";
import type { Outcome, RunEvent } from "../../plan/events.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";
import type { RunState } from "./run_state.ts";

type Ended = Extract<RunEvent, { type: "run-ended" }>;

export interface EndingOptions {
  readonly board: Pick<Board, "afterActions" | "drawing">;
  /** Somebody is led through the hardware actions one by one; otherwise they are told together. */
  readonly isLed?: boolean;
  /** The hands are simulated and move at a key. */
  readonly isPractice?: boolean;
  readonly os: OperatingSystem;
  readonly style: Style;
  readonly width: number;
}

/** What an outcome means for the camera on the bench. */
export const outcomes: Readonly<Record<Outcome, string>> = {
  "proven": "What was written is proven.",
  "unchanged": "Nothing was written.",
  "partly-written": "Partly written: run the same command again.",
  "not-proven": "Written but not proven.",
};

/** The last words of a run: the proof and what hands still have to do, or cause, outcome and advice. */
export function endingLines(state: RunState, ended: Ended, options: EndingOptions): string[] {
  const { style, width } = options;
  const lines = ended.error
    ? [...wrap(ended.error.message, width, `${style.failed} `).map(style.bad)]
    : wrap(success(state, ended), width, `${style.done} `).map(style.good);
  if (ended.error) lines.push(`  ${style.bold(say(outcomes[ended.outcome]))}`);
  if (state.proofs.length > 0) {
    const claims = state.proofs.map(({ proof }) => proof.claim).join(" ");
    const proof = ended.error
      ? `Proven so far, by the camera itself: ${claims}`
      : `Proof, from the camera itself: ${claims}`;
    lines.push(...wrap(proof, width, "  "));
  }
  if (!ended.error) lines.push(...aliveLines(state, width));
  if (ended.error) lines.push(...adviceLines(adviceFor(state, ended.error, options.os), width));
  const left = handsLeft(state, options.board);
  if (left.length > 0) {
    const title = ended.error
      ? "To leave the camera as it is now, by hand:"
      : "What is left to do by hand:";
    lines.push("", style.bold(say(title)), ...actionLines(left, width));
  }
  return lines;
}

/** Whether the camera was seen running; nothing is claimed that was not seen. */
function aliveLines({ started, camera }: RunState, width: number): string[] {
  if (started?.job !== "restore" && started?.job !== "flash") return [];
  const text = camera?.mode === "firmware"
    ? `The camera is alive: it was seen on port ${camera.port} as ${camera.title}.`
    : camera
    ? `The camera was not seen running yet: it was last seen as ${camera.title}.`
    : "The camera was not seen running yet.";
  return wrap(text, width, "  ");
}

/** After a comparison a difference is an answer, not a failure to try again. */
function adviceFor({ started }: RunState, error: NonNullable<Ended["error"]>, os: OperatingSystem) {
  if (started?.job !== "verify" || error.kind !== "verify-failed") return advice(error, os);
  const { id } = started.board;
  return [
    `Write these images with: unbrick flash ${id}`,
    `If it is the bootloader that differs: unbrick restore ${id}`,
  ];
}

/** `What to do:` and the actions; lines to be copied stay whole. */
export function adviceLines(actions: readonly string[], width: number): string[] {
  return [
    "",
    say("What to do:"),
    ...actions.flatMap((line) => line.startsWith("    ") ? [say(line)] : wrap(line, width, "  - ")),
  ];
}

/** Hardware actions as numbered lines. */
export function actionLines(actions: readonly HardwareAction[], width: number): string[] {
  return actions.flatMap((action, at) => wrap(action.text, width, `  ${at + 1}. `));
}

function success({ started, changed }: RunState, { outcome, ms }: Ended): string {
  const name = started?.board.name ?? "camera";
  const job = started?.job ?? "restore";
  const time = duration(ms);
  if (job === "verify") return `The ${name} holds these images (${time}).`;
  if (job === "read") return `The ${name} was read (${time}).`;
  const isNew = outcome !== "proven" || changed;
  if (job === "flash") {
    return isNew
      ? `The ${name} is flashed (${time}).`
      : `The ${name} is flashed; all of it was there already (${time}).`;
  }
  return isNew
    ? `The ${name} is restored (${time}).`
    : `The ${name} is restored; all of it was there already (${time}).`;
}

/** A camera that was last seen in its ROM, or was brought there, still wears what brought it there. */
function handsLeft({ started, mode, isInRecovery }: RunState, board: EndingOptions["board"]) {
  const isLeft = isInRecovery || mode === "rom" || mode === "flashloader";
  return started?.job === "restore" && isLeft ? board.afterActions : [];
}
