import type { Board } from "../../family/board.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { BoardFamily } from "../../family/family.ts";
import { hintAt, nearest } from "../../common/nearest.ts";
import { text } from "../../common/text.ts";

/** A board and the family that knows it. */
export interface KnownBoard {
  readonly board: Board;
  readonly family: BoardFamily;
}

export function allBoards(families: readonly BoardFamily[]): KnownBoard[] {
  return families.flatMap((family) => family.boards.map((board) => ({ board, family })));
}

/** What a board may be called: its id, the id without the maker, the folder of a firmware release. */
export function namesOf(board: Board): string[] {
  const prefix = `${board.maker.toLowerCase()}-`;
  const short = board.id.startsWith(prefix) ? [board.id.slice(prefix.length)] : [];
  return [board.id, ...short, board.folder];
}

/** What counts in a name as people write it: `H7Plus`, `OpenMV Cam H7 Plus`. */
function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

/** The board that a name means; undefined if none has it. */
export function boardNamed(name: string, families: readonly BoardFamily[]): KnownBoard | undefined {
  const wanted = normalized(name);
  return allBoards(families).find(({ board }) =>
    [...namesOf(board), board.name].some((known) => normalized(known) === wanted)
  );
}

/**
 * The board that a name on the command line means, in any case of letters, with or without spaces and
 * dashes; the printed name, too.
 * @throws UnbrickError `usage`, with the names that may have been meant
 */
export function boardByName(name: string, families: readonly BoardFamily[]): KnownBoard {
  const found = boardNamed(name, families);
  if (found) return found;
  const boards = allBoards(families);
  const near = nearest(name, boards.flatMap(({ board }) => namesOf(board)));
  const hint = hintAt(name, near.length > 0 ? near : boards.map(({ board }) => board.id));
  throw new UnbrickError("usage", text`There is no board called "${name}". ${hint}`, {
    board: name,
  });
}

/** The board with this id. Boards are told by the families, so an unknown id is a defect. */
export function boardById(id: string, families: readonly BoardFamily[]): KnownBoard {
  const found = allBoards(families).find(({ board }) => board.id === id);
  if (!found) throw new UnbrickError("bug", `No family knows the board ${id}.`, { board: id });
  return found;
}
