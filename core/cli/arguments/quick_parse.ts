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
  if (line.at(-1) === "--help" || line.at(-1) === "-h") {
    const show = helpPage(line.slice(0, -1), options);
    return show === undefined ? undefined : { show };
  }
  const [first] = line;
  if (first === "help" || tools.some(({ name }) => name === first)) return undefined;
  const command = commands.find(({ name }) => name === first);
  const parser = command ? parserOf(command, line) : unnamedParser(unnamed, line);
  const parsed = parseSync(parser, line);
  return parsed.success ? parsed.value : undefined;
}
