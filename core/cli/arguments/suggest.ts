import { type Suggestion, suggestSync } from "@optique/core/parser";
import type { Vocabulary } from "../completion/vocabulary.ts";
import { foreignCommands } from "./foreign_commands.ts";
import { helpTopics } from "./help_topics.ts";
import { parser } from "./parser.ts";
import { anyFile, suggestWords, withVocabulary } from "./values.ts";

/** What may stand in place of the last of the words: commands, options, values, files. */
export function suggestions(
  words: readonly [...string[], string],
  vocabulary: Vocabulary,
): readonly Suggestion[] {
  const typed = words[words.length - 1];
  const of = (line: readonly [string, ...string[]], known = vocabulary) =>
    withVocabulary(known, () => suggestSync(parser, line));
  const isOption = (one: Suggestion) => one.kind === "literal" && one.text.startsWith("-");
  if (words.length > 1 && foreignCommands.includes(words[0])) {
    return anyFile(typed);
  }
  if (words.length === 2 && words[0] === "help") {
    return [...of([typed]).filter((one) => !isOption(one)), ...suggestWords(helpTopics, typed)];
  }
  const line = words as unknown as [string, ...string[]];
  if (words.at(-2)?.startsWith("-")) {
    // A value of the option, if it takes one that can be told: not the board, which may stand here, too.
    const values = of(line, { ...vocabulary, boards: [], shortBoards: [] })
      .filter((one) => !isOption(one));
    if (values.length > 0) return values;
  }
  const found = of(line);
  const more = [{ word: "--help" }, ...(words.length === 1 ? [{ word: "help" }] : [])];
  return typed.startsWith("-") || words.length === 1
    ? [...found, ...suggestWords(more, typed)]
    : typed === ""
    ? found.filter((one, _at, all) => !isOption(one) || all.every(isOption))
    : found;
}
