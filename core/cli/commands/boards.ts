import type { ListedJob } from "../json/board_lines.ts";
import { type Board, type JobSupport, jobSupport } from "../../family/board.ts";
import { allBoards, namesOf } from "../devices/board_names.ts";
import { command } from "../arguments/command.ts";
import { outputOptions } from "../arguments/common_options.ts";
import { columnsOf } from "../terminal/columns.ts";
import { table, wrap } from "../terminal/layout.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { text, type Words } from "../../common/text.ts";

const jobs: readonly ListedJob[] = [
  "restore",
  "flash",
  "verify",
  "read",
  "backup",
  "put-back",
  "check",
];

/** `boards`: lists every board, its names and the jobs that it supports. */
export const boards = command({
  name: "boards",
  tail: "[OPTIONS]",
  brief: text`List the boards and what each one supports.`,
  examples: [
    ["boards", text`Names, chips, supported jobs and consents.`],
    ["boards --json", text`The same for a program, with the image roles and the hardware steps.`],
  ],
  parts: {},
  common: { does: [...outputOptions, "plugin"] },
  run: showBoards,
});

function showBoards(session: Session): number {
  const all = allBoards(session.families).map(({ board }) => board);
  if (session.options.json) {
    for (const board of all) printJson(session, { type: "board", ...facts(board) });
  } else {
    const { bold } = makeStyle(session.console);
    const [head, ...rows] = boardLines(all, session.console.columns);
    printLines(session, [bold(head), ...rows, ...consentLines(session)]);
  }
  return 0;
}

function facts(board: Board) {
  const { id, name, maker, folder, chip, roles, recoveryActions, afterActions } = board;
  return {
    id,
    names: namesOf(board),
    name,
    maker,
    folder,
    chip,
    jobs: Object.fromEntries(
      jobs.map((job) => [job, jobSupport(board, job)]),
    ) as Record<ListedJob, JobSupport>,
    roles,
    recoveryActions,
    afterActions,
  };
}

/** Returns the consents that `--allow` takes, with their meanings. */
function consentLines({ families, console }: Session): string[] {
  const consents = new Map(
    families.flatMap(({ consents = [] }) => consents.map((one) => [one.id, one])),
  );
  return [...consents.values()].flatMap(({ id, text: meaning, isFuse }) => [
    "",
    ...wrap(
      isFuse ? text`--allow-fuse ${id}: ${meaning}` : text`--allow ${id}: ${meaning}`,
      console.columns,
    ),
  ]);
}

/** Returns a heading, a row for each board, and the reasons why a board does not support a job. */
function boardLines(boards: readonly Board[], width: number): string[] {
  const rows = boards.map((board) => [
    board.id,
    board.folder,
    board.chip,
    jobs.filter((job) => jobSupport(board, job) === true).join(" ") || "-",
  ]);
  const reasons = new Map<string, { reason: Words; which: Set<string> }>();
  for (const board of boards) {
    for (const job of jobs) {
      const support = jobSupport(board, job);
      if (support === true) continue;
      const key = String(support.refused);
      const known = reasons.get(key) ?? { reason: support.refused, which: new Set() };
      known.which.add(board.id);
      reasons.set(key, known);
    }
  }
  return [
    ...fitted([[text`BOARD`, text`FOLDER`, text`CHIP`, text`JOBS`], ...rows], width),
    ...[...reasons.values()].flatMap((
      { reason, which },
    ) => ["", ...wrap(text`${[...which].join(", ")}: ${reason}`, width)]),
  ];
}

/** Returns a table. If it is wider than the screen, the last column goes below the others. */
function fitted(rows: readonly (readonly Words[])[], width: number): string[] {
  const lines = table(rows);
  if (lines.every((line) => columnsOf(line) <= width)) return lines;
  return table(rows.map((row) => row.slice(0, -1))).flatMap((line, at) => [
    line,
    ...wrap(rows[at].at(-1)!, width, "    "),
  ]);
}
