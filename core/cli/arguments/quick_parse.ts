import { commandFirst, helpLast } from "./command_first.ts";
import type { Chosen } from "./grammar.ts";
import type { ParseOptions } from "./help_page.ts";
import { parseEachPart } from "./parse_each_part.ts";

/**
 * Does what `parseArguments` (parse.ts) does, for a line that is valid or asks for help in the usual
 * form. Loading and running the rest of Optique would take a third of the time of such a command.
 * Common options that the line does not contain are not among the values.
 * @returns undefined if `parseArguments` must look at the line
 */
export async function quickParse(
  argv: readonly string[],
  options: ParseOptions,
): Promise<Chosen | { readonly show: string } | undefined> {
  const { commands, tools, unnamed } = options;
  if (argv.length === 0) return { command: unnamed, of: unnamed, given: {} };
  const line = helpLast(commandFirst(argv, options), options);
  const page = withoutLanguage(line);
  if (page.at(-1) === "--help" || page.at(-1) === "-h") {
    const { helpPage } = await import("./help_page.ts");
    const show = helpPage(page.slice(0, -1), options);
    return show === undefined ? undefined : { show };
  }
  const [first, ...words] = line;
  if (first === "help" || tools.some(({ name }) => name === first)) return undefined;
  const command = commands.find(({ name }) => name === first);
  return command ? parseEachPart(command, words) : parseEachPart(unnamed, line);
}

/** Leaves out `--lang`: the language is set already, and says nothing about which page is shown. */
function withoutLanguage(line: readonly string[]): readonly string[] {
  const at = line.indexOf("--lang");
  const others = at < 0 ? line : line.toSpliced(at, 2);
  return others.filter((word) => !word.startsWith("--lang="));
}
