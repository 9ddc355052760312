import { type Suggestion, suggestSync } from "@optique/core/parser";
import type { Vocabulary } from "../completion/vocabulary.ts";
import { type CommandTable, parserOf, rootParser } from "./grammar.ts";
import { helpTopics } from "./help_topics.ts";
import { commandFirst } from "./command_first.ts";
import { anyFile, suggestWords, withVocabulary } from "./values.ts";

/** Returns suggestions for the last word: commands, options, values and files. */
export function suggestions(
  words: readonly [...string[], string],
  vocabulary: Vocabulary,
  options: CommandTable,
): readonly Suggestion[] {
  const typed = words[words.length - 1];
  const before = commandFirst(words.slice(0, -1), options);
  const { commands, tools } = options;
  if (tools.some(({ name }) => name === before[0])) return anyFile(typed);
  const command = commands.find(({ name }) => name === before[0]);
  const parser = command ? parserOf(command) : rootParser(options);
  const of = (line: readonly string[], known = vocabulary) =>
    withVocabulary(known, () => suggestSync(parser, [...line, typed] as never));
  if (before[0] === "help" && before.length === 1) {
    return [...of([]).filter((one) => !isOption(one)), ...suggestWords(helpTopics, typed)];
  }
  const withoutBoards = { ...vocabulary, boards: [], shortBoards: [] };
  if (before.at(-1)?.startsWith("-")) {
    // Suggest a value of the option if it takes one, without the boards that may also come here.
    const values = of(before, withoutBoards).filter((one) => !isOption(one));
    if (values.length > 0) return values;
  }
  const boards = [...vocabulary.boards, ...vocabulary.shortBoards];
  const isNamed = boards.some(({ word }) => before.includes(word));
  const found = of(before, isNamed ? withoutBoards : vocabulary);
  const isFirst = before.length === 0;
  const more = [{ word: "--help" }, ...(isFirst ? [{ word: "help" }] : [])];
  return typed.startsWith("-") || isFirst
    ? [...found, ...suggestWords(more, typed)]
    : typed === ""
    ? found.filter((one, _at, all) => !isOption(one) || all.every(isOption))
    : found;
}

const isOption = (one: Suggestion) => one.kind === "literal" && one.text.startsWith("-");
