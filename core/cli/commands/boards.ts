import type { BoardLine } from "../json/board_lines.ts";
import { isOpen } from "../../common/traps.ts";
import { type Board, jobSupport } from "../../family/board.ts";
import type { ListedFamily } from "../../family/family.ts";
import { allBoards, boardByName, type KnownBoard, namesOf } from "../devices/board_names.ts";
import { conditions } from "../arguments/values.ts";
import { columnsOf } from "../terminal/columns.ts";
import { table, wrap } from "../terminal/layout.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { boardDetails, namedJobs } from "../views/board_details.ts";
import { makeStyle } from "../terminal/style.ts";
import { text, type Words } from "../../common/text.ts";

/** Lists every board and the jobs that it supports, or everything about one of them. */
export function showBoards(session: Session, request: { board?: string }): number {
  const { families, console, options } = session;
  const one = request.board === undefined ? undefined : boardByName(request.board, families);
  const all = one ? [one] : allBoards(families);
  const style = makeStyle(console);
  if (options.json) {
    for (const known of all) printJson(session, { type: "board", ...facts(known) });
  } else if (one) {
    printLines(session, [
      ...boardDetails(one, style, console.columns),
      ...consentLines([one.family], console.columns),
    ]);
  } else {
    const [head, ...rows] = boardLines(all.map(({ board }) => board), console.columns);
    const consents = consentLines(families, console.columns);
    printLines(session, [style.bold(head), ...rows, ...consents]);
  }
  return 0;
}

function facts({ board, family }: KnownBoard) {
  const { id, name, maker, folder, chip, roles, recoveryActions, afterActions } = board;
  return {
    id,
    names: namesOf(board),
    name,
    maker,
    folder,
    chip,
    jobs: Object.fromEntries(
      namedJobs.map((job) => [job, jobSupport(board, job)]),
    ) as BoardLine["jobs"],
    roles,
    recoveryActions,
    afterActions,
    consents: (family.consents ?? []).map(({ id, text, isFuse }) => ({
      id,
      text,
      isFuse: isFuse === true,
    })),
    conditions,
    traps: Object.entries(family.traps ?? {}).map(([name, values]) => ({
      name,
      default: values[0],
      ...(!isOpen(values) && { values }),
    })),
  };
}

/** Returns the consents that `--allow` takes, with their meanings. */
function consentLines(families: readonly ListedFamily[], width: number): string[] {
  const consents = new Map(
    families.flatMap(({ consents = [] }) => consents.map((one) => [one.id, one])),
  );
  return [...consents.values()].flatMap(({ id, text: meaning, isFuse }) => [
    "",
    ...wrap(
      isFuse ? text`--allow-fuse ${id}: ${meaning}` : text`--allow ${id}: ${meaning}`,
      width,
    ),
  ]);
}

/** Returns a heading, a row for each board, and the reasons why a board does not support a job. */
function boardLines(boards: readonly Board[], width: number): string[] {
  const rows = boards.map((board) => [
    board.id,
    board.folder,
    board.chip,
    namedJobs.filter((job) => jobSupport(board, job) === true).join(" ") || "-",
  ]);
  const reasons = new Map<string, { reason: Words; which: Set<string> }>();
  for (const board of boards) {
    for (const job of namedJobs) {
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
