import type { Board } from "../../family/board.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { BoardFamily } from "../../family/family.ts";
import { hintAt, nearest } from "../../common/nearest.ts";
import { text } from "../../common/text.ts";

/** A board and its family. */
export interface KnownBoard {
  readonly board: Board;
  readonly family: BoardFamily;
}

export function allBoards(families: readonly BoardFamily[]): KnownBoard[] {
  return families.flatMap((family) => family.boards.map((board) => ({ board, family })));
}

/**
 * Returns the names of a board: its id, the id without the maker, and its folder in a firmware
 * release.
 */
export function namesOf(board: Board): string[] {
  const prefix = `${board.maker.toLowerCase().replaceAll(" ", "-")}-`;
  const short = board.id.startsWith(prefix) ? [board.id.slice(prefix.length)] : [];
  return [board.id, ...short, board.folder];
}

/** Returns a name without case, spaces and dashes, so that `H7Plus` and `h7 plus` are equal. */
function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

/** Returns the board with this name; undefined if there is none. */
export function boardNamed(name: string, families: readonly BoardFamily[]): KnownBoard | undefined {
  const wanted = normalized(name);
  return allBoards(families).find(({ board }) =>
    [...namesOf(board), board.name].some((known) => normalized(known) === wanted)
  );
}

/**
 * Returns the board for a name on the command line, ignoring case, spaces and dashes. Accepts the
 * printed name, too.
 * @throws UnbrickError `usage`, with similar names
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

/**
 * Returns the boards for the words of a command line; a printed name has several words.
 * @throws UnbrickError `usage`, with similar names
 */
export function boardsByWords(
  words: readonly string[],
  families: readonly BoardFamily[],
): KnownBoard[] {
  const found: KnownBoard[] = [];
  for (let at = 0; at < words.length;) {
    const ends = Array.from({ length: words.length - at }, (_, less) => words.length - less);
    const end = ends.find((one) => boardNamed(words.slice(at, one).join(" "), families)) ?? at + 1;
    const known = boardByName(words.slice(at, end).join(" "), families);
    if (!found.some(({ board }) => board === known.board)) found.push(known);
    at = end;
  }
  return found;
}

/** Returns the board with this id. IDs come from the families, so an unknown id is a defect. */
export function boardById(id: string, families: readonly BoardFamily[]): KnownBoard {
  const found = allBoards(families).find(({ board }) => board.id === id);
  if (!found) throw new UnbrickError("bug", `No family knows the board ${id}.`, { board: id });
  return found;
}
