import { parseSync } from "@optique/core/parser";
import type { Action, Command } from "./command.ts";
import { commonNames, commonOptions } from "./common_options.ts";
import type { Chosen } from "./grammar.ts";
import { optionsIn, type Part } from "./options.ts";

/** The words of a line that belong to one option or argument. */
interface Share {
  readonly key: string;
  readonly part: Part<unknown>;
  readonly isCommon: boolean;
  readonly words: string[];
}

/**
 * Parses the words after a command's name: Optique parses each option and argument alone, with the
 * words that belong to it. Its parser for a whole command tries every part at every word.
 * @returns undefined if a word belongs to no part, or to one of several arguments, or is wrong
 */
export function parseEachPart(command: Command, line: readonly string[]): Chosen | undefined {
  const action = command.actions?.find(({ name }) => name === line[0]);
  const of: Command | Action = action ?? command.actions?.[0] ?? command;
  const common = commonNames(command.common).map((name) => [name, commonOptions[name]] as const);
  const shares: Share[] = [
    ...Object.entries(of.parts).map((one) => share(one, false)),
    ...common.map((one) => share(one, true)),
  ];
  if (!giveWords(action ? line.slice(1) : line, shares)) return undefined;
  const given: Record<string, unknown> = {};
  for (const { key, part, isCommon, words } of shares) {
    if (isCommon && words.length === 0) continue;
    const result = parseSync(part, words);
    if (!result.success) return undefined;
    given[key] = result.value;
  }
  return { command: of, of: command, given };
}

const share = ([key, part]: readonly [string, Part<unknown>], isCommon: boolean): Share => ({
  key,
  part,
  isCommon,
  words: [],
});

/** Gives each word to the part that it belongs to. @returns false if one belongs to none or several */
function giveWords(line: readonly string[], shares: readonly Share[]): boolean {
  const options = new Map(
    shares.flatMap((one) =>
      [...optionsIn(one.part.usage)].map(([name, takesValue]) => [name, { one, takesValue }])
    ),
  );
  const rest = shares.filter(({ part }) => [...optionsIn(part.usage)].length === 0);
  for (let at = 0; at < line.length; at++) {
    const word = line[at];
    if (!word.startsWith("-")) {
      if (rest.length !== 1) return false;
      rest[0].words.push(word);
      continue;
    }
    const [name] = word.split("=", 1);
    const option = options.get(name);
    if (option === undefined) return false;
    option.one.words.push(word);
    if (!option.takesValue || name !== word) continue;
    const value = line[++at];
    if (value === undefined || value.startsWith("-")) return false;
    option.one.words.push(value);
  }
  return true;
}
