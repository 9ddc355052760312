import type { Board, Job } from "../../family/board.ts";
import { missingRoles, sourceOf } from "../../image/completeness.ts";
import type { ImageRole } from "../../image/image.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import { text, type Words } from "../../common/text.ts";

/** A step of the guide; the same for the terminal and the page. */

export interface GuideStep {
  /** Where the step happens: at the keyboard, at the camera, or in unbrick. */
  readonly who: "keyboard" | "camera" | "unbrick";
  readonly text: Words;
  /** The command to type. */
  readonly command?: string;
  readonly action?: HardwareAction;
}

export interface Guide {
  readonly board: Board;
  /** The job that the guide explains; undefined if the board supports none. */
  readonly job?: Job;
  /** Why the board cannot be restored. */
  readonly refused?: Words;
  readonly steps: readonly GuideStep[];
  /** Names of the pins, switches and buttons that the steps use. */
  readonly parts: readonly string[];
  /** Files that are needed in addition to those inside the executable. */
  readonly images: readonly ImageRole[];
}

/**
 * Returns the guide for a board: for restore if it supports that, otherwise for flash, otherwise
 * only the reason.
 */
export function guideOf(board: Board): Guide {
  const { restore, flash } = board.jobs;
  const refused = restore === true ? undefined : restore.refused;
  const job = restore === true ? "restore" : flash === true ? "flash" : undefined;
  const steps = job === "restore" ? restoreSteps(board) : job === "flash" ? flashSteps(board) : [];
  return {
    board,
    job,
    refused,
    steps,
    parts: [...new Set(steps.flatMap(({ action }) => action?.parts ?? []))],
    images: job === undefined ? [] : missingRoles(board, job, new Set()),
  };
}

const manualSteps = (actions: readonly HardwareAction[]): GuideStep[] =>
  actions.map((action) => ({ who: "camera", text: action.text, action }));

function restoreSteps(board: Board): GuideStep[] {
  const begin = [...companions(board), start("restore", board)];
  const recovery = manualSteps(board.recoveryActions), after = manualSteps(board.afterActions);
  if (!board.roles.some(({ role }) => role === "bootloader")) {
    const write = text`unbrick writes the firmware and reads it back. Do not touch anything until
      it is done. If the screen shows a different order, follow the screen.`;
    return [...begin, ...recovery, { who: "unbrick", text: write }, ...after];
  }
  return [
    ...begin,
    ...recovery,
    {
      who: "unbrick",
      text: text`unbrick writes the bootloader and reads it back. Do not touch anything until it
        asks.`,
    },
    ...after,
    {
      who: "unbrick",
      text: text`unbrick flashes the firmware, reads it back and checks that the camera starts. If
          the screen shows a different order, follow the screen.`,
    },
  ];
}

function flashSteps(board: Board): GuideStep[] {
  return [
    start("flash", board),
    ...manualSteps(board.flashActions ?? []),
    {
      who: "unbrick",
      text: text`unbrick flashes the firmware, reads it back and checks that the board starts.`,
    },
  ];
}

/** Returns the steps that import files which no firmware release contains. */
function companions(board: Board): GuideStep[] {
  const places = new Set(
    missingRoles(board, "restore", new Set()).flatMap(({ comesWith }) => comesWith ?? []),
  );
  return [...places].map((place) => ({
    who: "keyboard",
    text: text`Once on this computer: keep the flash loaders from ${sourceOf(place)}.`,
    command: "unbrick images import FOLDER",
  }));
}

function start(job: Job, { id }: Board): GuideStep {
  return {
    who: "keyboard",
    text: text`Run this with the folder or zip of a firmware release:`,
    command: `unbrick ${job} ${id} --images FOLDER`,
  };
}
