import { parseSync } from "@optique/core/parser";
import { commandFirst, helpLast } from "./command_first.ts";
import { type Chosen, parserOf, unnamedParser } from "./grammar.ts";
import { helpPage, type ParseOptions } from "./help_page.ts";

/**
 * Does what `parseArguments` (parse.ts) does, for a line that is valid or asks for help in the usual
 * form. Loading and running the rest of Optique would take a third of the time of such a command.
 * Common options that the line does not contain are not among the values.
 * @returns undefined if `parseArguments` must look at the line
 */
export function quickParse(
  argv: readonly string[],
  options: ParseOptions,
): Chosen | { readonly show: string } | undefined {
  const { commands, tools, unnamed } = options;
  if (argv.length === 0) return { command: unnamed, of: unnamed, given: {} };
  const line = helpLast(commandFirst(argv, options), options);
  const page = withoutLanguage(line);
  if (page.at(-1) === "--help" || page.at(-1) === "-h") {
    const show = helpPage(page.slice(0, -1), options);
    return show === undefined ? undefined : { show };
  }
  const [first] = line;
  if (first === "help" || tools.some(({ name }) => name === first)) return undefined;
  const command = commands.find(({ name }) => name === first);
  const parser = command ? parserOf(command, line) : unnamedParser(unnamed, line);
  const parsed = parseSync(parser, line);
  return parsed.success ? parsed.value : undefined;
}

/** Leaves out `--lang`: the language is set already, and says nothing about which page is shown. */
function withoutLanguage(line: readonly string[]): readonly string[] {
  const at = line.indexOf("--lang");
  const others = at < 0 ? line : line.toSpliced(at, 2);
  return others.filter((word) => !word.startsWith("--lang="));
}
