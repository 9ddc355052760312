import type { Board } from "../../family/board.ts";
import { UnbrickError } from "../../common/errors.ts";
import { type BoardFamily, type ListedFamily, loadJobs } from "../../family/family.ts";
import { hintAt, nearest } from "../../common/nearest.ts";
import { text } from "../../common/text.ts";

/** A board and its family. */
export interface KnownBoard<Family extends ListedFamily = ListedFamily> {
  readonly board: Board;
  readonly family: Family;
}

/** A board whose jobs are loaded. */
export type ReadyBoard = KnownBoard<BoardFamily>;

/** Loads the jobs of a board. */
export async function ready<Known extends KnownBoard>(
  known: Known,
): Promise<Known & ReadyBoard> {
  return { ...known, family: await loadJobs(known.family) };
}

export function allBoards<Family extends ListedFamily>(
  families: readonly Family[],
): KnownBoard<Family>[] {
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
export function boardNamed<Family extends ListedFamily>(
  name: string,
  families: readonly Family[],
): KnownBoard<Family> | undefined {
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
export function boardByName<Family extends ListedFamily>(
  name: string,
  families: readonly Family[],
): KnownBoard<Family> {
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
export function boardsByWords<Family extends ListedFamily>(
  words: readonly string[],
  families: readonly Family[],
): KnownBoard<Family>[] {
  const found: KnownBoard<Family>[] = [];
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
export function boardById(id: string, families: readonly ListedFamily[]): KnownBoard {
  const found = allBoards(families).find(({ board }) => board.id === id);
  if (!found) throw new UnbrickError("bug", `No family knows the board ${id}.`, { board: id });
  return found;
}
