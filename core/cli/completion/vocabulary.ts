import type { ListedFamily } from "../../family/family.ts";
import { allBoards, namesOf } from "../devices/board_names.ts";
import type { Words } from "../../common/text.ts";

/** A word that may be typed, and its meaning. */
export interface Word {
  readonly word: string;
  readonly meaning?: Words;
}

/** The words from the board families that complete a command line. */
export interface Vocabulary {
  readonly boards: readonly Word[];
  /** The other names of the boards. */
  readonly shortBoards: readonly Word[];
  readonly roles: readonly Word[];
  readonly consents: readonly Word[];
  /** `name`, and `name=value` if the values are known. */
  readonly traps: readonly Word[];
}

export const emptyVocabulary: Vocabulary = {
  boards: [],
  shortBoards: [],
  roles: [],
  consents: [],
  traps: [],
};

/**
 * Returns the vocabulary for a command line: that of its board if one is named, otherwise that of
 * all boards.
 */
export function vocabularyOf(
  families: readonly ListedFamily[],
  words: readonly string[],
): Vocabulary {
  const all = allBoards(families);
  const typed = new Set(words.map((word) => word.toLowerCase()));
  const named = all.filter(({ board }) =>
    namesOf(board).some((name) => typed.has(name.toLowerCase()))
  );
  const meant = named.length > 0 ? named : all;
  const theirs = [...new Set(meant.map(({ family }) => family))];
  return {
    boards: all.map(({ board }) => ({ word: board.id, meaning: board.name })),
    shortBoards: all.flatMap(({ board }) =>
      namesOf(board).slice(1).map((word) => ({ word, meaning: board.name }))
    ),
    roles: distinct(
      meant.flatMap(({ board }) =>
        board.roles.map(({ role, title }) => ({ word: role, meaning: title }))
      ),
    ),
    consents: distinct(
      theirs.flatMap(({ consents = [] }) =>
        consents.map(({ id, text }) => ({ word: id, meaning: text }))
      ),
    ),
    traps: distinct(theirs.flatMap(({ traps = {} }) => Object.entries(traps).flatMap(trapWords))),
  };
}

function trapWords(
  [name, values]: readonly [string, readonly (string | number | boolean)[]],
): Word[] {
  if (typeof values[0] === "boolean") return [{ word: values[0] ? `${name}=false` : name }];
  const others = values.slice(1).map((value) => ({ word: `${name}=${value}` }));
  return others.length > 0 ? others : [{ word: `${name}=` }];
}

function distinct(words: readonly Word[]): Word[] {
  return [...new Map(words.map((one) => [one.word, one])).values()];
}
